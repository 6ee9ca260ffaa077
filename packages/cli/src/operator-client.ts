import { CordonClient } from "@cordon/sdk";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { CliError } from "./cli-error.ts";
import { resolveHome } from "./home.ts";
import { readInputText } from "./input-file.ts";

const tokenBytesMax = 4096;

/** How an operator's command reaches a running control plane. */
export interface OperatorOptions {
  readonly url?: string;
  readonly home?: string;
}

/**
 * A client with the operator's token: CORDON_TOKEN, else that of an operator of the home folder (the author, unless told). Somebody waits at the terminal, so
 * a server that does not answer is said so at once. Throws a CliError.
 */
export async function operatorClient(options: OperatorOptions, name = "author"): Promise<CordonClient> {
  const url = options.url ?? setting("CORDON_URL") ?? "http://127.0.0.1:7400";
  if (URL.parse(url)?.protocol !== "http:" && URL.parse(url)?.protocol !== "https:") {
    throw new CliError("ERR_CLI_USAGE", `--url is \`${url}\`, expected an http(s) URL`);
  }
  return new CordonClient({
    url,
    token: await tokenOf(options, name),
    newId: randomUUID,
    retry: { attemptsMax: 2 },
  });
}

async function tokenOf(options: OperatorOptions, name: string): Promise<string> {
  const given = setting("CORDON_TOKEN");
  if (given !== null) return given;
  const file = path.join(resolveHome(options.home), "operators", `${name}.token`);
  return (
    await readInputText(file, tokenBytesMax, "the token that `cordon serve` makes, or CORDON_TOKEN")
  ).trim();
}

function setting(name: string): string | null {
  const value = process.env[name];
  return value === undefined || value === "" ? null : value;
}
