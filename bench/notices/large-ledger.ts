import { sendPlanned, type DeliveryLedger } from "@cordon/notices";
import { connectLedger, type LedgerConnection } from "./ledger-connection.ts";
import { planBench } from "./plan-bench.ts";

interface LargeLedger {
  readonly people: number;
  readonly planMs: number;
  /** Table, indexes and all, after planning. */
  readonly bytes: number;
  /** After so many of its blocks were worked through in batches, as a sender does. */
  readonly workedBlocks: number;
  readonly workedBytes: number;
  /** From nothing to the first message: a new connection, the ledger opened, a dead sender's blocks taken over, a batch leased. */
  readonly resumeMs: number;
  readonly countMs: number;
  readonly notSentMs: number;
  readonly notSent: number;
}

/** A block's worth is worked through in turns of half of what may be in flight. */
const workedPeople = 200_000;

export async function measureLargeLedger(
  { ledger, pool }: LedgerConnection,
  url: string,
  people: number,
): Promise<LargeLedger> {
  const size = async () => {
    const { rows } = await pool.query<{ bytes: string }>(
      "select sum(pg_total_relation_size(oid)) as bytes from pg_class where relnamespace = 'notices'::regnamespace and relkind = 'r'",
    );
    return Number(rows[0]?.bytes ?? NaN);
  };
  await pool.query("truncate notices.block, notices.detail");
  const began = performance.now();
  const noticeNo = await planBench(ledger, "large", people);
  const planMs = performance.now() - began;
  const bytes = await size();
  await sendUntil(ledger, noticeNo, Math.min(workedPeople, people - 1));
  const workedBytes = await size();
  const { rows } = await pool.query<{ worked: number }>(
    "select count(*)::integer as worked from notices.block where version > 1",
  );

  const opening = performance.now();
  const fresh = connectLedger(url);
  await sendUntil(fresh.ledger, noticeNo, 1);
  const resumeMs = performance.now() - opening;
  const counting = performance.now();
  await fresh.ledger.counts(noticeNo);
  const countMs = performance.now() - counting;
  const listing = performance.now();
  let notSent = 0;
  for await (const person of fresh.ledger.notSent(noticeNo)) notSent += person.state === "planned" ? 1 : 0;
  const notSentMs = performance.now() - listing;
  await fresh.close();
  return {
    people,
    planMs,
    bytes,
    workedBlocks: rows[0]?.worked ?? 0,
    workedBytes,
    resumeMs,
    countMs,
    notSentMs,
    notSent,
  };
}

/** Sends into nothing until so many are through. */
async function sendUntil(ledger: DeliveryLedger, noticeNo: number, wanted: number): Promise<void> {
  const enough = new AbortController();
  let sent = 0;
  await sendPlanned({
    ledger,
    noticeNo,
    transport: {
      lanes: 4,
      send: () => {
        if (++sent >= wanted) enough.abort();
        return Promise.resolve({ kind: "delivered", replyCode: 250 });
      },
      close: () => Promise.resolve(),
    },
    render: (_audience, { email }) => ({
      from: "a@overture.example",
      to: email,
      bytes: new Uint8Array(),
      statements: "sha256:bench",
    }),
    contacts: (ordinals) =>
      Promise.resolve(
        new Map(
          ordinals.map((ordinal) => [
            ordinal,
            { accountId: String(ordinal), email: `u-${ordinal}@people.example`, locale: "en" },
          ]),
        ),
      ),
    claimsHold: () => Promise.resolve({ holds: true }),
    clock: Date.now,
    signal: enough.signal,
  });
}
