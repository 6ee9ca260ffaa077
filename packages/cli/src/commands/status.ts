import { CordonClient } from "@cordon/sdk";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { resolveHome } from "../home.ts";
import { readInputText } from "../input-file.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";

interface StatusOptions {
  readonly url?: string;
  readonly home?: string;
  readonly json?: true;
}

type Status = Awaited<ReturnType<CordonClient["status"]>>;
type Incident = Status["incidents"][number];

const tokenBytesMax = 4096;

export function registerStatus(program: Command): void {
  program
    .command("status")
    .description("what a running control plane has on record: incidents, claims, measures, notices, journal")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon status --home .cordon")
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  const url = options.url ?? setting("CORDON_URL") ?? "http://127.0.0.1:7400";
  if (URL.parse(url)?.protocol !== "http:" && URL.parse(url)?.protocol !== "https:") {
    throw new CliError("ERR_CLI_USAGE", `--url is \`${url}\`, expected an http(s) URL`);
  }
  // Somebody waits at the terminal: a server that does not answer is said so at once.
  const client = new CordonClient({
    url,
    token: await tokenOf(options),
    newId: randomUUID,
    retry: { attemptsMax: 2 },
  });
  const found = await client.status();
  if (options.json === true) await printJson(found);
  else await printLines(...lines(found).map(oneLine));
}

async function tokenOf(options: StatusOptions): Promise<string> {
  const given = setting("CORDON_TOKEN");
  if (given !== null) return given;
  const file = path.join(resolveHome(options.home), "operators", "author.token");
  return (
    await readInputText(file, tokenBytesMax, "the token that `cordon serve` makes, or CORDON_TOKEN")
  ).trim();
}

function setting(name: string): string | null {
  const value = process.env[name];
  return value === undefined || value === "" ? null : value;
}

function lines({ bundle, directory, journal, incidents, enforcementPoints }: Status): string[] {
  return [
    bundle === null
      ? "bundle: none in force"
      : `bundle: version ${bundle.version}, ${bundle.rules.length} rules, since ${bundle.inForceAt}`,
    directory === null
      ? "directory: not read yet"
      : `directory: ${directory.accounts} accounts as of ${directory.asOf}`,
    `journal: ${journal.entries} entries`,
    `enforcement points: ${enforcementPoints.length}`,
    ...incidents.flatMap(incidentLines),
  ];
}

function incidentLines(incident: Incident): string[] {
  return [
    "",
    `${incident.id} ${incident.title} (${incident.status})`,
    ...incident.claims.map(({ accounts, holds }) => {
      const { kind, atLeast, atMost } = accounts;
      const said = kind === "exactly" ? `exactly ${atLeast}` : `between ${atLeast} and ${atMost}`;
      return `  claim: ${said} accounts${holds ? "" : ", no longer holds"}`;
    }),
    ...incident.plans.map(
      ({ id, state, measures }) => `  plan ${id}: ${state}, ${measures.map((one) => one.id).join(", ")}`,
    ),
    ...incident.notices.map(({ id, state, total }) => {
      return `  notice ${id}: ${state}, ${total.delivered} of ${total.planned} handed over, ${total.failed} failed, ${total.unknown} unknown`;
    }),
    ...incident.unfinished.map((reason) => `  before the all clear: ${reason}`),
  ];
}
