import type { Command } from "commander";
import path from "node:path";

import { askedToEnd } from "../asked-to-end.ts";
import { addGateFlags, withFlags, type GateFlags } from "../gate/gate-flags.ts";
import type { GateConfig } from "../gate/gate-config.ts";
import { parseGateConfig } from "../gate/parse-gate-config.ts";
import { resolveFiles } from "../gate/resolve-files.ts";
import { startGate } from "../gate/start-gate.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson } from "../output.ts";
import { readYamlDocument } from "../yaml-document.ts";

interface GateServeOptions extends GateFlags {
  readonly config: string;
  readonly json?: true;
}

const help = `
Answers a proxy's question "may this request pass?" at /auth, clients' OFREP at /ofrep/v1/evaluate/flags, and its operator
at /healthz and /status. Prints {"listening":URL} when it is ready, notes to stderr, and ends in order with Ctrl-C.
docs/operate/gateways.md has configurations for nginx, Caddy, Traefik and Envoy.

Example:
  cordon gate serve --config gate.yaml --port 7411`;

export function registerGateServe(program: Command): void {
  const command = noun(program, "gate")
    .command("serve")
    .description("a forward-auth server: nginx, Caddy, Traefik or Envoy ask it about each request")
    .requiredOption("--config <file>", "whose tokens, which bundles, what to do when in doubt (YAML)");
  addGateFlags(command)
    .option("--json", "print nothing else: notes are left out")
    .addHelpText("after", help)
    .action(serve);
}

async function serve(options: GateServeOptions): Promise<void> {
  const ending = askedToEnd();
  const config = withFlags(await readConfig(options.config), options);
  const cordonToken = process.env["CORDON_TOKEN"] ?? "";
  const gate = await startGate(
    config,
    { nowMs: Date.now, random: Math.random, cordonToken: cordonToken === "" ? null : cordonToken },
    (note) => {
      if (options.json !== true) process.stderr.write(`${oneLine(note)}\n`);
    },
  );
  await printJson({ listening: gate.url });
  await ending;
  await gate.close();
  // A parent that is gone, or its open channel, must not keep the process.
  if (process.connected) process.disconnect();
}

async function readConfig(file: string): Promise<GateConfig> {
  const document = await readYamlDocument(file);
  const config = document.check((value) => parseGateConfig(value, (at) => document.sourceAt(at)));
  return resolveFiles(config, path.dirname(file));
}
