import type { DirectoryBatch, Examination, Finding, Issuer } from "@cordon/enforcement";
import type { Command } from "commander";
import { alignColumns } from "../align-columns.ts";
import { CliError } from "../cli-error.ts";
import { oneLine } from "../one-line.ts";
import { instantOption, repeatedOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { addTokenOptions, readTokenEvidence, type TokenOptions } from "../token-file.ts";

interface DoctorOptions extends TokenOptions {
  readonly issuer?: string;
  readonly gateway?: string;
  readonly directory?: string;
  readonly asOf?: number;
  readonly measure?: readonly string[];
  readonly json?: true;
}

const help = `
A line of --tokens is a JWT, its claims as JSON (what introspection says of an opaque token), or
{"token" or "claims", "at", "session", "refreshOf", "id", "signIn": true}; only the last form says what came of a refresh
(refreshOf: the jti or id of the token before) or of a sign-in. No token, account or claim value is ever printed or sent.
--issuer is asked for its discovery document and keys, --gateway for its status, its directives and a decision, once each
and without a token.
Exit 0: every measure will work. 1: one will not, not for all, or the evidence does not tell. What to change:
docs/operate/claims.md.

Example:
  cordon doctor --tokens tokens.txt --issuer https://id.example.com --clients clients.yaml \\
    --directory accounts.parquet --as-of 2014-05-27T12:00:00Z

A clients.yaml:
  overture-android: { platform: android, store: google-play }
  overture-web: { platform: web, store: website }`;

export function registerDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description("say, on a service's real tokens, which measures will work there and what to change");
  addTokenOptions(command)
    .option("--issuer <url>", "the OpenID provider: discovery, keys, signatures of the tokens")
    .option("--gateway <url>", "where `gate serve` or a guarded service answers")
    .option("--directory <accounts>", "the accounts: CSV, JSONL or Parquet")
    .option("--as-of <time>", "when the directory was taken from the service", instantOption("--as-of"))
    .option("--measure <name>", "ask for this measure only (repeatable; default: all)", repeatedOption)
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  if (options.tokens === undefined && options.issuer === undefined && options.gateway === undefined) {
    throw new CliError("ERR_CLI_USAGE", "nothing to look at, expected --tokens, --issuer or --gateway");
  }
  if ((options.directory === undefined) !== (options.asOf === undefined)) {
    throw new CliError("ERR_CLI_USAGE", "one of --directory and --as-of, expected both or neither");
  }
  const { askGateway, examine, examinedMeasures } = await import("@cordon/enforcement");
  for (const name of options.measure ?? []) {
    if (examinedMeasures.some((measure) => measure === name)) continue;
    const expected = `one of ${examinedMeasures.join(", ")}`;
    throw new CliError("ERR_CLI_USAGE", `--measure: \`${name}\`, expected ${expected}`);
  }
  const evidence = await readTokenEvidence(options);
  const issuer = await askIssuer(options.issuer);
  const gateway =
    options.gateway === undefined
      ? []
      : await askGateway(options.gateway, askOptions(await import("@cordon/enforcement")));
  const { directory, asOf } = options;
  const examination = await examine({
    samples: evidence?.samples ?? [],
    names: evidence?.names ?? {},
    clients: evidence?.clients ?? new Map(),
    issuer,
    directory:
      directory === undefined || asOf === undefined
        ? null
        : { asOfMs: asOf, batches: () => directoryBatches(directory) },
    gateway,
  });
  const measures = examination.measures.filter(({ measure }) => options.measure?.includes(measure) !== false);
  const works = measures.every(({ verdict }) => verdict === "works");
  if (options.json === true) await printJson({ works, ...examination, measures });
  else await printLines(...linesOf({ ...examination, measures }));
  if (!works) process.exitCode = 1;
}

function askOptions({ askDefaults }: { readonly askDefaults: { timeoutMs: number; bytesMax: number } }) {
  return { ...askDefaults, fetch: globalThis.fetch };
}

async function askIssuer(url: string | undefined): Promise<Issuer | null> {
  if (url === undefined) return null;
  const enforcement = await import("@cordon/enforcement");
  return enforcement.fetchIssuer(url, askOptions(enforcement));
}

async function* directoryBatches(file: string): AsyncGenerator<DirectoryBatch> {
  const { readAccountTexts } = await import("@cordon/lake");
  for await (const { accountIds, texts } of readAccountTexts(file, "email")) {
    yield { accountIds, emails: texts };
  }
}

function linesOf({ tokens, findings, measures }: Examination): readonly string[] {
  const rows = findings.map((finding) => [finding.verdict, finding.check, sentence(finding)]);
  return [
    `${tokens} tokens`,
    ...alignColumns(rows),
    "",
    ...alignColumns(measures.map(({ measure, verdict, because }) => [measure, verdict, because.join(", ")])),
  ].map(oneLine);
}

function sentence({ text, change }: Finding): string {
  return change === null ? text : `${text}. To change: ${change}`;
}
