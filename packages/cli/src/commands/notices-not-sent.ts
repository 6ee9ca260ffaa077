import type { Command } from "commander";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { operatorClient, type OperatorOptions } from "../operator-client.ts";
import { printLines, writeOut } from "../output.ts";

interface NotSentOptions extends OperatorOptions {
  readonly json?: true;
}

/** The most that a page may have. */
const pageLimit = 500;

export function registerNoticesNotSent(program: Command): void {
  noun(program, "notices")
    .command("not-sent <incident> <notice>")
    .description("everybody whom a notice has not reached for certain, and why")
    .option("--url <url>", "the control plane (default: CORDON_URL, else http://127.0.0.1:7400)")
    .option("--home <dir>", "home folder whose author's token is used, without CORDON_TOKEN")
    .option("--json", "print one JSON document, a person a line")
    .addHelpText(
      "after",
      "\nExample:\n  cordon notices not-sent inc-0123456789abcdef notice-0123456789abcdef --json > not-sent.json",
    )
    .action(notSent);
}

/** Page by page, so that a list of millions needs no memory. */
async function notSent(incidentId: string, noticeId: string, options: NotSentOptions): Promise<void> {
  const client = await operatorClient(options);
  let cursor: string | null = null;
  let people = 0;
  do {
    const page: Awaited<ReturnType<typeof client.listNotSent>> = await client.listNotSent(
      incidentId,
      noticeId,
      {
        limit: pageLimit,
        ...(cursor === null ? {} : { cursor }),
      },
    );
    if (options.json === true) {
      // Opened only once there is something to say, so that a refusal leaves nothing half written.
      if (people === 0) await writeOut(`{"people":[`);
      const lines = page.entries.map((entry) => `\n${JSON.stringify(entry)}`);
      if (lines.length > 0) await writeOut(`${people === 0 ? "" : ","}${lines.join(",")}`);
    } else {
      await printLines(
        ...page.entries.map(({ channel, account, ordinal, state, cause, replyCode, status, attempts, at }) =>
          oneLine(
            [
              channel,
              account ?? `ordinal ${ordinal ?? "?"}`,
              state,
              ...[cause, replyCode, status].filter((one) => one !== null),
              ...(attempts > 0 ? [`${attempts} tried`] : []),
              at ?? "",
            ]
              .join("  ")
              .trimEnd(),
          ),
        ),
      );
    }
    people += page.entries.length;
    cursor = page.next;
  } while (cursor !== null);
  if (options.json === true) await writeOut(`\n],"count":${people}}\n`);
  else await printLines(`${people} people`);
}
