import type { CordonClient } from "@cordon/sdk";
import type { Command } from "commander";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printJson, printLines } from "../output.ts";

interface StatusOptions extends OperatorOptions {
  readonly json?: true;
}

type Status = Awaited<ReturnType<CordonClient["status"]>>;
type Incident = Status["incidents"][number];

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
  const client = await operatorClient(options);
  const found = await client.status();
  if (options.json === true) await printJson(found);
  else await printLines(...lines(found).map(oneLine));
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
