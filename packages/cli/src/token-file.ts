import type { ClaimNames, ClientTable, TokenSample } from "@cordon/enforcement";
import { InputError, isJsonObject } from "@cordon/model";
import { Option, type Command } from "commander";
import { createReadStream } from "node:fs";
import { CliError } from "./cli-error.ts";
import { fileError } from "./input-file.ts";
import { lineBatches } from "./lines.ts";
import { repeatedOption } from "./options.ts";
import { readYamlDocument } from "./yaml-document.ts";

const expectedFile = "access tokens, one a line";

export interface TokenOptions {
  readonly tokens?: string;
  readonly claim?: readonly string[];
  readonly clients?: string;
  readonly gateConfig?: string;
}

/** What a command knows of a service's tokens. */
interface TokenEvidence {
  readonly samples: readonly TokenSample[];
  readonly names: ClaimNames;
  readonly clients: ClientTable;
}

/** Adds `--tokens` and what says how to read them. */
export function addTokenOptions(command: Command): Command {
  return command
    .option("--tokens <file>", "the service's access tokens, one a line: JWTs, or their claims as JSON")
    .addOption(
      new Option(
        "--claim <part=name>",
        "the claim that says account, client, authTime, passwordSetAt, ordinal, platform, store or version (repeatable)",
      ).argParser(repeatedOption),
    )
    .option("--clients <file>", "YAML: OAuth client id to { platform, store, version }")
    .option(
      "--gate-config <file>",
      "in place of both: the configuration of `gate serve`, tokens read as it does",
    );
}

export function saysAnythingOfTokens({ tokens, claim, clients, gateConfig }: TokenOptions): boolean {
  return [tokens, claim, clients, gateConfig].some((option) => option !== undefined);
}

/** Null without `--tokens`. Throws a CliError for anything that is wrong in a file, naming the line, never the token. */
export async function readTokenEvidence(options: TokenOptions): Promise<TokenEvidence | null> {
  if (options.tokens === undefined && saysAnythingOfTokens(options)) {
    const text = "--claim, --clients or --gate-config without --tokens, expected the tokens they are about";
    throw new CliError("ERR_CLI_USAGE", text);
  }
  const reading = await readReading(options);
  return options.tokens === undefined ? null : { samples: await readTokens(options.tokens), ...reading };
}

async function readReading({
  claim = [],
  clients,
  gateConfig,
}: TokenOptions): Promise<Omit<TokenEvidence, "samples">> {
  if (gateConfig === undefined) {
    const names = await readClaimNames(claim);
    return { names, clients: clients === undefined ? new Map() : await readClients(clients) };
  }
  if (claim.length > 0 || clients !== undefined) {
    throw new CliError(
      "ERR_CLI_USAGE",
      "--gate-config beside --claim or --clients, expected one or the other",
    );
  }
  const { parseGateConfig } = await import("./gate/parse-gate-config.ts");
  const document = await readYamlDocument(gateConfig);
  const { identity } = document.check((value) => parseGateConfig(value, (at) => document.sourceAt(at)));
  if (identity?.kind === "token") return { names: identity.mapping, clients: identity.mapping.clients };
  throw document.errorAt([], "no `token`: this gate reads none", "a configuration with `token` and `claims`");
}

async function readTokens(file: string): Promise<readonly TokenSample[]> {
  const { parseTokenLine, tokenCharsMax, tokensMax } = await import("@cordon/enforcement");
  const samples: TokenSample[] = [];
  // Twice a token's length leaves room for what a JSON line says besides.
  const options = { name: file, lineBytesMax: 2 * tokenCharsMax };
  try {
    for await (const { lines, firstLine, failure } of lineBatches(createReadStream(file), options)) {
      for (const [index, line] of lines.entries()) {
        if (line.trim() === "") continue;
        if (samples.length >= tokensMax) {
          throw new CliError("ERR_CLI_FILE", `${file}: over ${tokensMax} tokens, expected a sample of them`);
        }
        samples.push(placed(`${file}:${firstLine + index}`, () => parseTokenLine(line, firstLine + index)));
      }
      if (failure !== null) throw failure;
    }
  } catch (error) {
    throw fileError(file, error, expectedFile);
  }
  if (samples.length === 0) throw new CliError("ERR_CLI_FILE", `${file}: empty, expected ${expectedFile}`);
  return samples;
}

function placed<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = `${place}: ${error.message}, expected ${error.expected}`;
    throw new CliError("ERR_CLI_DOCUMENT", text, { cause: error });
  }
}

/** `--claim platform=app_platform`. */
async function readClaimNames(given: readonly string[]): Promise<ClaimNames> {
  const { claimParts } = await import("@cordon/enforcement");
  const names: Partial<Record<(typeof claimParts)[number], readonly string[]>> = {};
  for (const text of given) {
    const at = text.indexOf("=");
    const part = claimParts.find((name) => name === text.slice(0, at));
    if (part === undefined || text.length === at + 1) {
      const expected = `PART=CLAIM with one of ${claimParts.join(", ")}`;
      throw new CliError("ERR_CLI_USAGE", `--claim: \`${text}\`, expected ${expected}`);
    }
    names[part] = [text.slice(at + 1)];
  }
  return names;
}

async function readClients(file: string): Promise<ClientTable> {
  const document = await readYamlDocument(file);
  const expected = "a mapping of client ids to { platform, store, version }";
  const { value } = document;
  if (!isJsonObject(value)) throw document.errorAt([], "no mapping", expected);
  const parts = ["platform", "store", "version"];
  return new Map(
    Object.entries(value).map(([id, client]) => {
      if (!isJsonObject(client)) throw document.errorAt([id], "no mapping", expected);
      for (const [key, part] of Object.entries(client)) {
        if (!parts.includes(key)) {
          throw document.errorAt([id, key], `unknown key \`${key}\``, `one of ${parts.join(", ")}`);
        }
        if (typeof part !== "string" || part === "") {
          throw document.errorAt([id, key], `\`${key}\` is no text`, "text (quote it)");
        }
      }
      const of = (key: string): string | null => {
        const part = client[key];
        return typeof part === "string" ? part : null;
      };
      return [id, { platform: of("platform"), store: of("store"), version: of("version") }];
    }),
  );
}
