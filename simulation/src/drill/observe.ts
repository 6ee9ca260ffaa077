import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AccessLogLine } from "@cordon/overture";
import type { SinkMessage, SinkRequest } from "../mail/mail-sink-messages.ts";
import { GateTally } from "../report/gate-tally.ts";
import { awaitMessage } from "./await-message.ts";
import type { Child } from "./child-process.ts";
import { offlineEpoch } from "./measures.ts";

type SinkSummary = Extract<SinkMessage, { kind: "summary" }>;

/** What the mail server received. */
export async function askSink(sink: Child, people: readonly number[]): Promise<SinkSummary> {
  const summary = awaitMessage(sink, (message) => {
    const said = message as SinkMessage;
    return said.kind === "summary" ? said : null;
  });
  sink.send({ kind: "summarize", people } satisfies SinkRequest);
  return summary;
}

/** Adds up what the gates decided, from the instances' own logs. */
export async function readAccessLogs(files: readonly string[], accounts: number): Promise<GateTally> {
  const tally = new GateTally({ accounts, offlineEpoch });
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      if (line !== "") tally.add(JSON.parse(line) as AccessLogLine);
    }
  }
  return tally;
}
