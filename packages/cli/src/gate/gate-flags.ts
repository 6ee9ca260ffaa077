import type { Command } from "commander";

import { CliError } from "../cli-error.ts";
import { repeatedOption, wholeNumberOption } from "../options.ts";
import { proxies } from "./gate-config.ts";
import type { GateConfig, GateSource } from "./gate-config.ts";

/** What may be said on the command line in place of the configuration, or against it. */
export interface GateFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly bundleFile?: string;
  readonly key?: readonly string[];
  readonly threshold?: number;
  readonly port?: number;
  readonly state?: string;
  readonly proxy?: string;
  readonly shadow?: true;
}

export function addGateFlags(command: Command): Command {
  return command
    .option("--url <url>", "bundles of a control plane; its token is in CORDON_TOKEN or --token-file")
    .option("--token-file <file>", "the control plane's token")
    .option("--bundle-file <file>", "bundles from a file that another program puts there")
    .option("--key <file>", "public key, SPKI PEM (repeatable)", repeatedOption)
    .option(
      "--threshold <n>",
      "so many of the keys must have signed",
      wholeNumberOption("--threshold", 1, 255),
    )
    .option("--port <n>", "port on 127.0.0.1; 0 for a free one", wholeNumberOption("--port", 0, 65_535))
    .option("--state <dir>", "keeps the last good bundle, for a start without the control plane")
    .option("--proxy <name>", `who asks: ${proxies.join(", ")}`)
    .option("--shadow", "decide and count, deny nothing");
}

/** The configuration with what the command line says. File names of flags stay as they are: relative to where one is. */
export function withFlags(config: GateConfig, flags: GateFlags): GateConfig {
  return {
    ...config,
    source: sourceOf(flags) ?? config.source,
    keys: flags.key ?? config.keys,
    threshold: flags.threshold ?? config.threshold,
    listen: flags.port === undefined ? config.listen : { host: config.listen.host, port: flags.port },
    state: flags.state ?? config.state,
    proxy: flags.proxy === undefined ? config.proxy : proxyOf(flags.proxy),
    mode: flags.shadow === true ? "shadow" : config.mode,
  };
}

function sourceOf({ url, bundleFile, tokenFile }: GateFlags): GateSource | null {
  if (url !== undefined && bundleFile !== undefined) {
    throw new CliError("ERR_CLI_USAGE", "--url and --bundle-file, expected one of them");
  }
  if (url !== undefined) return { kind: "url", url, tokenFile: tokenFile ?? null };
  if (tokenFile !== undefined)
    throw new CliError("ERR_CLI_USAGE", "--token-file without --url, expected both");
  return bundleFile === undefined ? null : { kind: "file", file: bundleFile };
}

function proxyOf(text: string): GateConfig["proxy"] {
  const found = proxies.find((proxy) => proxy === text);
  if (found !== undefined) return found;
  throw new CliError("ERR_CLI_USAGE", `--proxy is \`${text}\`, expected one of ${proxies.join(", ")}`);
}
