import { publishLake } from "@cordon/lake";
import type { Command } from "commander";
import { clickHouseLake } from "../clickhouse-lake.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";

interface PublishOptions {
  readonly lake: string;
  readonly to: string;
  readonly replace?: true;
  readonly json?: true;
}

export function registerEvidencePublish(program: Command): void {
  noun(program, "evidence")
    .command("publish")
    .description("bring a lake into a ClickHouse database, for more events than one machine asks fast")
    .requiredOption("--lake <dir>", "what `cordon evidence import` made")
    .requiredOption("--to <url>", "clickhouse://user@host:8123/database, or clickhouses:// for TLS")
    .option("--replace", "also when the database holds another lake, which is then gone")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon evidence publish --lake lake --to clickhouse://cordon@clickhouse:8123/evidence\n" +
        "  cordon scope --map map.yaml --question question.yaml --lake clickhouse://reader@clickhouse:8123/evidence\n\n" +
        "The password is read from CORDON_CLICKHOUSE_PASSWORD, or from the file that CORDON_CLICKHOUSE_PASSWORD_FILE names.\n" +
        "What lies there already is not sent again. A publication that was stopped goes on when it is run again.",
    )
    .action(publish);
}

async function publish(options: PublishOptions): Promise<void> {
  const done = await publishLake({
    lakeFolder: options.lake,
    clickHouse: await clickHouseLake(options.to),
    replace: options.replace === true,
  });
  if (options.json === true) {
    await printJson(done);
    return;
  }
  const { publication, partsSent, partsKnown, events, swept } = done;
  await printLines(
    `publication: ${publication}`,
    `parts:       ${partsSent} sent, ${partsKnown} known already`,
    `events:      ${events}`,
    ...(swept
      ? []
      : ["rows that no manifest names are left over: docs/operate/scale.md says how to remove them"]),
  );
}
