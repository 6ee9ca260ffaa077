import { sql, type QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import type { Channel, NoticeCounts, NotSent, StateCounts } from "./delivery-state.ts";
import { readFate, type Fate } from "./fate-of.ts";
import { readNotSent } from "./not-sent.ts";
import { readLow } from "./packed-block.ts";
import { planNotice } from "./plan-notice.ts";
import { recordFates, type FatesRecorded, type LaterFate } from "./record-fate.ts";
import { retryUnknown } from "./retry-unknown.ts";
import { readStatementSets, readWhoGot, type StatementSet, type WhoGot } from "./who-got.ts";

export type NoticeToPlan = {
  readonly incidentId: string;
  /** 1 for the first mailing of an incident. A person gets one message of each edition. */
  readonly edition: number;
  /** Default `email`. Each channel of a notice is planned, sent and counted by itself. */
  readonly channel?: Channel;
  /** Digest of what is sent and to whom; a second `plan` with another one is refused. */
  readonly manifestDigest: string;
  /** At least 16 random bytes: keys the Message-IDs. */
  readonly salt: Uint8Array;
  /** Ordinals of the people whom the evidence names. */
  readonly affected: Iterable<number>;
  /** Audiences between the affected and everybody else. Who is in several is in the first. */
  readonly further?: readonly {
    readonly audience: Audience;
    readonly people: Iterable<readonly number[]> | AsyncIterable<readonly number[]>;
  }[];
  /** Ordinals of everybody, in batches; those who are planned already are left out by the ledger. */
  readonly general: Iterable<readonly number[]> | AsyncIterable<readonly number[]>;
  /** Account ids of people whom the evidence names and the directory lacks. */
  readonly unreachable: readonly string[];
};

export type NoticeRecord = {
  readonly noticeNo: number;
  readonly incidentId: string;
  readonly edition: number;
  readonly channel: Channel;
  readonly manifestDigest: string;
  readonly salt: Uint8Array;
  /** False while planning goes on or was cut short: `plan` again finishes it. */
  readonly planned: boolean;
  readonly stopped: Stopped | null;
};

export type Stopped = {
  readonly atMs: number;
  readonly reason: string;
  /** True when somebody stopped it by hand; false when its evidence changed. */
  readonly halted: boolean;
};

/**
 * The fate of every message on PostgreSQL. Durability: whatever a call says is committed. Concurrency: any number of
 * processes; one person's row is changed by one sender at a time. Idempotent: `plan`, `stop`, `resume`.
 */
export class DeliveryLedger {
  readonly #db: LedgerDatabase;
  readonly #clock: () => number;

  /** `clock`: milliseconds since the epoch. The database must be migrated (`migrateNotices`). */
  constructor(db: LedgerDatabase, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** For the sending worker only. */
  get database(): LedgerDatabase {
    return this.#db;
  }

  /**
   * Writes a row for each person before anything is sent. Cut short at any moment, a second call with the same notice
   * goes on and plans everybody exactly once. Throws `ERR_NOTICE_CONFLICT` when this edition exists with another manifest.
   */
  async plan(notice: NoticeToPlan): Promise<NoticeRecord> {
    return this.read(await planNotice(this.#db, notice, this.#clock));
  }

  /** Null when there is no such notice. */
  async find(incidentId: string, edition: number, channel: Channel = "email"): Promise<NoticeRecord | null> {
    const [found] = await findNotices(
      this.#db,
      sql`incident_id = ${incidentId} and edition = ${edition} and channel = ${channel}`,
    );
    return found ?? null;
  }

  /** Every channel of every edition, in the order in which they were planned. */
  async list(incidentId: string): Promise<readonly NoticeRecord[]> {
    return findNotices(this.#db, sql`incident_id = ${incidentId}`);
  }

  /** Throws `ERR_NOTICE_UNKNOWN`. */
  async read(noticeNo: number): Promise<NoticeRecord> {
    const [record] = await findNotices(this.#db, sql`notice_no = ${noticeNo}`);
    if (record === undefined)
      throw new NoticeError("ERR_NOTICE_UNKNOWN", `there is no notice \`${noticeNo}\``);
    return record;
  }

  /** People by state and audience. Throws `ERR_NOTICE_UNKNOWN`. */
  async counts(noticeNo: number): Promise<NoticeCounts> {
    const counted = await sql<{ low: number; people: string }>`
      select b.tally[i]::integer as low, sum(b.tally[i + 1]) as people
      from notices.block b, generate_series(1, cardinality(b.tally), 2) i
      where b.notice_no = ${noticeNo} group by 1
    `.execute(this.#db);
    const notice = await sql<{ unreachable: number }>`
      select cardinality(unreachable) as unreachable from notices.notice where notice_no = ${noticeNo}
    `.execute(this.#db);
    const [first] = notice.rows;
    if (first === undefined)
      throw new NoticeError("ERR_NOTICE_UNKNOWN", `there is no notice \`${noticeNo}\``);
    const affected = { ...noPeople };
    const general = { ...noPeople };
    const all = { ...noPeople };
    for (const { low, people } of counted.rows) {
      const { audience, state } = readLow(low);
      (audience === "affected" ? affected : general)[state] += Number(people);
      all[state] += Number(people);
    }
    return { ...all, affected, general, unreachable: first.unreachable };
  }

  /**
   * Everybody whom the notice has not (for certain) reached the server for, in order of ordinal over `after` (null: from the
   * beginning, people whom the directory lacks first): exactly as it is at the instant of the first read.
   */
  notSent(noticeNo: number, after: number | null = null): AsyncIterable<NotSent> {
    return readNotSent(this.#db, noticeNo, after);
  }

  /** One person's message; null for somebody whom the mailing does not plan. */
  fateOf(noticeNo: number, ordinal: number): Promise<Fate | null> {
    return readFate(this.#db, noticeNo, ordinal);
  }

  /** The texts that went out, by their number in this notice. */
  statementSets(noticeNo: number): Promise<readonly StatementSet[]> {
    return readStatementSets(this.#db, noticeNo);
  }

  /** Everybody who got, or may have got, a text of one of these digests: whom a correction is for. */
  whoGot(noticeNo: number, digests: readonly string[]): AsyncIterable<WhoGot> {
    return readWhoGot(this.#db, noticeNo, digests);
  }

  /** Bounces, confirmations and complaints that came back. Idempotent. */
  recordFates(noticeNo: number, fates: readonly LaterFate[]): Promise<FatesRecorded> {
    return recordFates(this.#db, noticeNo, fates, this.#clock());
  }

  /**
   * Plans everybody whose fate is `unknown` (null), or these of them, again, and returns who that was. Somebody decided that:
   * the caller journals who and why.
   */
  async retryUnknown(noticeNo: number, only: ReadonlySet<number> | null = null): Promise<readonly number[]> {
    await sql`update notices.notice set reopened = true where notice_no = ${noticeNo}`.execute(this.#db);
    return retryUnknown(this.#db, noticeNo, only, this.#clock());
  }

  /** Notices of which somebody is to be sent to again, though they may have ended. */
  async reopened(): Promise<readonly { readonly incidentId: string; readonly edition: number }[]> {
    const found = await sql<{ incident_id: string; edition: number }>`
      select distinct incident_id, edition from notices.notice where reopened
    `.execute(this.#db);
    return found.rows.map((row) => ({ incidentId: row.incident_id, edition: row.edition }));
  }

  /** Nobody of it is to be sent to again any more. */
  async closeAgain(noticeNo: number): Promise<void> {
    await sql`
      update notices.notice set reopened = false where notice_no = ${noticeNo} and reopened
        and not exists (select from notices.block where notice_no = ${noticeNo} and open > 0)
    `.execute(this.#db);
  }

  /**
   * No sender goes on with this notice in any channel until `resume`, from its next batch on. The first reason stands, but for
   * this: that its evidence changed outweighs a stop by hand.
   */
  async stop(noticeNo: number, reason: string): Promise<void> {
    await sql`
      update notices.notice n set stopped_at = ${new Date(this.#clock())}, stop_reason = ${reason}, halted = false
      from notices.notice asked
      where asked.notice_no = ${noticeNo} and n.incident_id = asked.incident_id and n.edition = asked.edition
        and (n.stopped_at is null or n.halted)
    `.execute(this.#db);
  }

  /** The kill switch: stops every notice of the incident (null: of all incidents) in every channel by hand. Returns how many. */
  async halt(incidentId: string | null, reason: string): Promise<number> {
    const halted = await sql<{ notice_no: number }>`
      update notices.notice set stopped_at = ${new Date(this.#clock())}, stop_reason = ${reason}, halted = true
      where stopped_at is null and (${incidentId}::text is null or incident_id = ${incidentId}) returning notice_no
    `.execute(this.#db);
    return halted.rows.length;
  }

  /** Takes a stop back, in every channel. Somebody decided that: the caller journals who and why. */
  async resume(noticeNo: number): Promise<void> {
    await sql`
      update notices.notice n set stopped_at = null, stop_reason = null, halted = false
      from notices.notice asked
      where asked.notice_no = ${noticeNo} and n.incident_id = asked.incident_id and n.edition = asked.edition
    `.execute(this.#db);
  }
}

type MutableCounts = { -readonly [state in keyof StateCounts]: number };
const noPeople: MutableCounts = {
  planned: 0,
  leased: 0,
  handed_over: 0,
  confirmed: 0,
  bounced: 0,
  failed: 0,
  unknown: 0,
};

type NoticeRow = {
  readonly notice_no: number;
  readonly incident_id: string;
  readonly edition: number;
  readonly channel: Channel;
  readonly halted: boolean;
  readonly manifest_digest: string;
  readonly salt: Uint8Array;
  readonly planned: boolean;
  readonly stopped_ms: string | null;
  readonly stop_reason: string | null;
};

async function findNotices(
  db: QueryExecutorProvider,
  where: ReturnType<typeof sql>,
): Promise<readonly NoticeRecord[]> {
  const found = await sql<NoticeRow>`
    select notice_no, incident_id, edition, channel, halted, manifest_digest, salt, planned_at is not null as planned,
      floor(extract(epoch from stopped_at) * 1000)::text as stopped_ms, stop_reason
    from notices.notice where ${where} order by notice_no
  `.execute(db);
  return found.rows.map((row) => ({
    noticeNo: row.notice_no,
    incidentId: row.incident_id,
    edition: row.edition,
    channel: row.channel,
    manifestDigest: row.manifest_digest,
    salt: row.salt,
    planned: row.planned,
    stopped:
      row.stopped_ms === null || row.stop_reason === null
        ? null
        : { atMs: Number(row.stopped_ms), reason: row.stop_reason, halted: row.halted },
  }));
}
