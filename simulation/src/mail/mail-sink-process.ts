import type { SinkMessage, SinkRequest } from "./mail-sink-messages.ts";
import { MailSink } from "./mail-sink.ts";

/** The mail sink as a process of its own: `node mail-sink-process.ts ACCOUNTS`, spoken to over IPC. */

const progressEveryMs = 200;

const sink = new MailSink(Number(process.argv[2]));
const tell = (message: SinkMessage) => process.send?.(message);

process.on("message", (request: SinkRequest) => {
  if (request.kind === "reset") {
    sink.reset();
    return;
  }
  const { record } = sink;
  const first = request.people.map((index) => ({
    number: record.firstNumber(index),
    text: record.firstText(index),
  }));
  tell({ kind: "summary", summary: record.summary(), first });
});

let told = 0;
setInterval(() => {
  if (sink.record.messages === told) return;
  told = sink.record.messages;
  tell({ kind: "progress", messages: told });
}, progressEveryMs);

tell({ kind: "ready", port: await sink.listen() });
