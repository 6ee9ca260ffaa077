import { sql, type QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import type { DeliveryState, NoticeCounts, NotSent, StateCounts } from "./delivery-state.ts";
import { planNotice } from "./plan-notice.ts";
import { readNotSent } from "./not-sent.ts";

export type NoticeToPlan = {
  readonly incidentId: string;
  /** 1 for the first mailing of an incident. A person gets one message of each edition. */
  readonly edition: number;
  /** Digest of what is sent and to whom; a second `plan` with another one is refused. */
  readonly manifestDigest: string;
  /** At least 16 random bytes: keys the Message-IDs. */
  readonly salt: Uint8Array;
  /** Ordinals of the people whom the evidence names. */
  readonly affected: Iterable<number>;
  /** Ordinals of everybody, in batches; those who are affected already are left out by the ledger. */
  readonly general: Iterable<readonly number[]> | AsyncIterable<readonly number[]>;
  /** Account ids of people whom the evidence names and the directory lacks. */
  readonly unreachable: readonly string[];
};

export type NoticeRecord = {
  readonly noticeNo: number;
  readonly incidentId: string;
  readonly edition: number;
  readonly manifestDigest: string;
  readonly salt: Uint8Array;
  /** False while planning goes on or was cut short: `plan` again finishes it. */
  readonly planned: boolean;
  readonly stopped: { readonly atMs: number; readonly reason: string } | null;
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
  async find(incidentId: string, edition: number): Promise<NoticeRecord | null> {
    return findNotice(this.#db, sql`incident_id = ${incidentId} and edition = ${edition}`);
  }

  /** Throws `ERR_NOTICE_UNKNOWN`. */
  async read(noticeNo: number): Promise<NoticeRecord> {
    const record = await findNotice(this.#db, sql`notice_no = ${noticeNo}`);
    if (record === null) throw new NoticeError("ERR_NOTICE_UNKNOWN", `there is no notice \`${noticeNo}\``);
    return record;
  }

  /** People by state and audience, counted from the rows. Throws `ERR_NOTICE_UNKNOWN`. */
  async counts(noticeNo: number): Promise<NoticeCounts> {
    const rows = await sql<{ audience: Audience; state: DeliveryState; people: string }>`
      select audience, state, count(*) as people from notices.delivery where notice_no = ${noticeNo} group by 1, 2
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
    for (const { audience, state, people } of rows.rows) {
      const count = Number(people);
      (audience === "affected" ? affected : general)[state] += count;
      all[state] += count;
    }
    return { ...all, affected, general, unreachable: first.unreachable };
  }

  /** Everybody whom the notice has not (for certain) reached the server for, in order of ordinal; read in pages. */
  notSent(noticeNo: number): AsyncIterable<NotSent> {
    return readNotSent(this.#db, noticeNo);
  }

  /** No sender goes on with this notice until `resume`. The first reason stands. */
  async stop(noticeNo: number, reason: string): Promise<void> {
    await sql`
      update notices.notice set stopped_at = ${new Date(this.#clock())}, stop_reason = ${reason}
      where notice_no = ${noticeNo} and stopped_at is null
    `.execute(this.#db);
  }

  /** Takes a stop back. Somebody decided that: the caller journals who and why. */
  async resume(noticeNo: number): Promise<void> {
    await sql`update notices.notice set stopped_at = null, stop_reason = null where notice_no = ${noticeNo}`.execute(
      this.#db,
    );
  }
}

type MutableCounts = { -readonly [state in keyof StateCounts]: number };
const noPeople: MutableCounts = { planned: 0, sending: 0, delivered: 0, failed: 0, unknown: 0 };

type NoticeRow = {
  readonly notice_no: number;
  readonly incident_id: string;
  readonly edition: number;
  readonly manifest_digest: string;
  readonly salt: Uint8Array;
  readonly planned: boolean;
  readonly stopped_ms: string | null;
  readonly stop_reason: string | null;
};

async function findNotice(
  db: QueryExecutorProvider,
  where: ReturnType<typeof sql>,
): Promise<NoticeRecord | null> {
  const found = await sql<NoticeRow>`
    select notice_no, incident_id, edition, manifest_digest, salt, planned_at is not null as planned,
      floor(extract(epoch from stopped_at) * 1000)::text as stopped_ms, stop_reason
    from notices.notice where ${where}
  `.execute(db);
  const [row] = found.rows;
  if (row === undefined) return null;
  return {
    noticeNo: row.notice_no,
    incidentId: row.incident_id,
    edition: row.edition,
    manifestDigest: row.manifest_digest,
    salt: row.salt,
    planned: row.planned,
    stopped:
      row.stopped_ms === null || row.stop_reason === null
        ? null
        : { atMs: Number(row.stopped_ms), reason: row.stop_reason },
  };
}
