import { ProgressReport, progressReportDefaults, ProxySecret, startForwardAuth } from "@cordon/enforcement";
import type { ForwardAuthServer } from "@cordon/enforcement";

import { CliError } from "../cli-error.ts";
import { fileError } from "../input-file.ts";
import type { GateConfig } from "./gate-config.ts";
import { gateIdentity } from "./gate-identity.ts";
import { gatePoint } from "./gate-point.ts";
import type { GateWorld } from "./gate-point.ts";
import { readSecret } from "./gate-secrets.ts";
import { StatusNotes } from "./status-notes.ts";

interface RunningGate {
  readonly url: string;
  /** Answers what is under way, reports the last progress, and ends. */
  close(): Promise<void>;
}

/** Starts a forward-auth gate. Resolves when it listens: its bundle source was asked once before. */
export async function startGate(
  config: GateConfig,
  world: GateWorld,
  onNote: (note: string) => void,
): Promise<RunningGate> {
  const secret =
    config.proxySecretFile === null
      ? null
      : new ProxySecret(await readSecret(config.proxySecretFile, "the secret that proxies show"));
  const { point, controlPlane } = await gatePoint(config, world);
  if (config.progressName !== null && controlPlane === null) {
    throw new CliError(
      "ERR_CLI_USAGE",
      "progress without a control plane, expected `source.url` or no `progress`",
    );
  }
  const identify = await gateIdentity(config, point, { nowMs: world.nowMs, onNote });
  let server: ForwardAuthServer;
  try {
    await point.start();
    server = await startForwardAuth({
      point,
      identify,
      answers: config.proxy === "nginx" ? "auth-request" : "whole",
      refusals: config.refusals,
      secret,
      onFailure: (error) => {
        point.counters.count("failed");
        onNote(`unexpected error: ${error instanceof Error ? `${error.name}: ${error.message}` : "unknown"}`);
      },
      host: config.listen.host,
      port: config.listen.port,
      drainMs: config.drainMs,
    });
  } catch (error) {
    await point.close();
    throw fileError(`${config.listen.host}:${config.listen.port}`, error, "a free address");
  }
  const { url } = server;
  const notes = new StatusNotes(point, onNote);
  const progress =
    config.progressName === null || controlPlane === null
      ? null
      : new ProgressReport({ ...progressReportDefaults, ...controlPlane, point, name: config.progressName });
  return {
    url,
    async close() {
      await server.close();
      notes.close();
      await progress?.close();
      await point.close();
    },
  };
}
