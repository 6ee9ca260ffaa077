import {
  parsePace,
  parseSmtpUrl,
  sendPlanned,
  smtpTransport,
  type HandOver,
  type MessageTransport,
} from "@cordon/notices";
import nodemailer from "nodemailer";
import { connectLedger } from "./ledger-connection.ts";
import { messageFor } from "./messages.ts";

/**
 * One sender: `node sender-process.ts bare|lanes|cordon|discard PORT PEOPLE CONNECTIONS [DATABASE_URL NOTICE_NO]`. Waits for a word over IPC,
 * sends, and tells how long it took. `bare`: nodemailer's own pool. `lanes`: Cordon's transport without a ledger. `discard`:
 * the ledger without a mail server, for its memory.
 */
const [mode = "", port = "", people = "", connections = "", url = "", noticeNo = ""] = process.argv.slice(2);
const count = Number(people);
/** As many wait in nodemailer's queue as Cordon leases at a time. */
const outstandingMax = 64;

async function eachWithin(send: (ordinal: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: outstandingMax }, worker));
}

async function bare(): Promise<number> {
  const pool = nodemailer.createTransport({
    pool: true,
    host: "127.0.0.1",
    port: Number(port),
    ignoreTLS: true,
    maxConnections: Number(connections),
    maxMessages: Infinity,
  });
  await eachWithin((ordinal) => {
    const { from, to, bytes } = messageFor(ordinal);
    return pool.sendMail({ envelope: { from, to: [to] }, raw: Buffer.from(bytes) });
  });
  pool.close();
  return count;
}

async function lanes(): Promise<number> {
  const transport = transportOf();
  await eachWithin((ordinal) => transport.send(messageFor(ordinal)));
  await transport.close();
  return count;
}

function transportOf(): MessageTransport {
  if (mode !== "discard") {
    return smtpTransport({
      server: parseSmtpUrl(`smtp://127.0.0.1:${port}?tls=never`),
      connections: Number(connections),
    });
  }
  const taken: HandOver = { kind: "delivered", replyCode: 250 };
  return { lanes: 4, send: () => Promise.resolve(taken), close: () => Promise.resolve() };
}

async function cordon(): Promise<number> {
  const { pool, ledger, close } = connectLedger(url);
  const transport = transportOf();
  let sent = 0;
  const end = await sendPlanned({
    ledger,
    noticeNo: Number(noticeNo),
    transport: {
      ...transport,
      lanes: transport.lanes,
      send: (message) => {
        sent++;
        return transport.send(message);
      },
      close: () => transport.close(),
    },
    render: (_audience, { accountId }) => messageFor(Number(accountId)),
    contacts: (ordinals) =>
      Promise.resolve(
        new Map(
          ordinals.map((ordinal) => [
            ordinal,
            { accountId: String(ordinal), email: `u-${ordinal}@people.example`, locale: "en" },
          ]),
        ),
      ),
    // A look into the database before every batch, as the control plane's.
    claimsHold: async () => {
      await pool.query("select max(notice_no) from notices.notice");
      return { holds: true };
    },
    clock: Date.now,
    signal: new AbortController().signal,
    pace: parsePace({ perSecond: 1_000_000, perDomainPerSecond: 1_000_000 }),
  });
  if (end.kind !== "done") throw new Error(`sending ended with ${end.kind}`);
  await transport.close();
  await close();
  return sent;
}

process.on("message", () => {
  const began = performance.now();
  const run = mode === "bare" ? bare : mode === "lanes" ? lanes : cordon;
  run().then(
    (sent) => {
      const milliseconds = performance.now() - began;
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      process.send?.({
        sent,
        milliseconds,
        peakRssBytes: maxRSS * 1024,
        cpuMs: (userCPUTime + systemCPUTime) / 1000,
      });
      process.disconnect();
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });
