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
import { benchMessages, contactOf } from "./messages.ts";
import { planBench } from "./plan-bench.ts";

/**
 * One sender: `node sender-process.ts built|ready|lanes|cordon|discard PORT PEOPLE CONNECTIONS [DATABASE_URL NOTICE_NO]`. Waits for a word
 * over IPC, sends, and tells how long it took. `built`: nodemailer's own pool, which builds each message from its parts.
 * `ready`: the same pool with the bytes that Cordon renders. `lanes`: Cordon's transport without a ledger. `discard`: plans too, and sends
 * without a mail server, for the memory of all of it.
 */
const [mode = "", port = "", people = "", connections = "", url = "", noticeNo = ""] = process.argv.slice(2);
const count = Number(people);
/** As many wait in nodemailer's queue as Cordon leases at a time. */
const outstandingMax = 64;
const { bytesFor, fieldsFor } = await benchMessages();

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
    if (mode === "built") return pool.sendMail(fieldsFor(ordinal));
    const { from, to, bytes } = bytesFor(ordinal);
    return pool.sendMail({
      envelope: { from, to: [to] },
      raw: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    });
  });
  pool.close();
  return count;
}

async function lanes(): Promise<number> {
  const transport = transportOf();
  await eachWithin((ordinal) => transport.send(bytesFor(ordinal)));
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
  const ours = mode === "discard" ? await planBench(ledger, "bench-memory", count) : Number(noticeNo);
  const end = await sendPlanned({
    ledger,
    noticeNo: ours,
    transport: {
      ...transport,
      lanes: transport.lanes,
      send: (message) => {
        sent++;
        return transport.send(message);
      },
      close: () => transport.close(),
    },
    render: (_audience, { accountId }) => bytesFor(Number(accountId)),
    contacts: (ordinals) =>
      Promise.resolve(new Map(ordinals.map((ordinal) => [ordinal, contactOf(ordinal)]))),
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
  const cpuBegan = process.cpuUsage();
  const run = mode === "built" || mode === "ready" ? bare : mode === "lanes" ? lanes : cordon;
  run().then(
    (sent) => {
      const milliseconds = performance.now() - began;
      const { maxRSS } = process.resourceUsage();
      const { user, system } = process.cpuUsage(cpuBegan);
      process.send?.({
        sent,
        milliseconds,
        peakRssBytes: maxRSS * 1024,
        cpuMs: (user + system) / 1000,
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
