import { randomBytes } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface AdmissionPolicy {
  /** Installations let in each second, at most. */
  readonly perSecond: number;
  /** Installations that download at once, at most. */
  readonly atOnce: number;
  /** How long an admission lasts without any download. */
  readonly admittedMs: number;
  /** Who does not ask again for so long loses the place. */
  readonly patienceMs: number;
}

export const admissionPolicyDefault: AdmissionPolicy = {
  perSecond: 5,
  atOnce: 50,
  admittedMs: 60_000,
  patienceMs: 180_000,
};

type Admission =
  | { readonly state: "admitted"; readonly id: string; readonly untilMs: number }
  | {
      readonly state: "waiting";
      readonly id: string;
      readonly place: number;
      readonly retryAfterSeconds: number;
    };

interface Row {
  readonly place: number;
  readonly id: string;
  readonly untilMs: number | null;
}

const retryAfterSecondsMax = 60;

/**
 * Lets installations download at a bounded rate, first come, first served, for all instances together: after an epoch has risen
 * everybody wants everything again.
 */
export class AdmissionQueue {
  readonly #database: DatabaseSync;
  readonly #policy: AdmissionPolicy;
  readonly #mine: StatementSync;
  readonly #touch: StatementSync;

  constructor(database: DatabaseSync, policy: AdmissionPolicy) {
    this.#database = database;
    this.#policy = policy;
    this.#mine = database.prepare(
      "SELECT place, id, admitted_until AS untilMs FROM download_tickets WHERE installation_id = ?",
    );
    this.#touch = database.prepare(
      `UPDATE download_tickets SET admitted_until = ? WHERE installation_id = ? AND id = ? AND admitted_until > ?`,
    );
  }

  /** The installation's place, or that it is its turn. Asking again keeps the place. */
  ask(installationId: string, nowMs: number): Admission {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const admission = this.#ask(installationId, nowMs);
      this.#database.exec("COMMIT");
      return admission;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Whether this ticket lets the installation download now; downloading keeps it alive. */
  admits(installationId: string, ticketId: string, nowMs: number): boolean {
    const until = nowMs + this.#policy.admittedMs;
    return Number(this.#touch.run(until, installationId, ticketId, nowMs).changes) === 1;
  }

  leave(installationId: string, ticketId: string): void {
    this.#database
      .prepare("DELETE FROM download_tickets WHERE installation_id = ? AND id = ?")
      .run(installationId, ticketId);
  }

  #ask(installationId: string, nowMs: number): Admission {
    const { patienceMs } = this.#policy;
    this.#database
      .prepare(
        `DELETE FROM download_tickets WHERE admitted_until <= ?1
         OR (admitted_until IS NULL AND asked_at <= ?2 AND installation_id <> ?3)`,
      )
      .run(nowMs, nowMs - patienceMs, installationId);
    this.#database
      .prepare(
        `INSERT INTO download_tickets (id, installation_id, asked_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (installation_id) DO UPDATE SET asked_at = ?3`,
      )
      .run(`ticket-${randomBytes(12).toString("base64url")}`, installationId, nowMs);
    const mine = this.#mine.get(installationId) as unknown as Row;
    if (mine.untilMs !== null) return { state: "admitted", id: mine.id, untilMs: mine.untilMs };
    return this.#admitOrWait(mine, nowMs);
  }

  #admitOrWait({ place: number, id }: Row, nowMs: number): Admission {
    const { perSecond, atOnce, admittedMs } = this.#policy;
    const { inside } = this.#one<{ inside: number }>(
      "SELECT count(*) AS inside FROM download_tickets WHERE admitted_until IS NOT NULL",
    );
    const { place } = this.#one<{ place: number }>(
      "SELECT count(*) AS place FROM download_tickets WHERE admitted_until IS NULL AND place <= ?",
      number,
    );
    const everyMs = 1000 / perSecond;
    const pace = this.#database.prepare("SELECT admitted_at AS atMs FROM download_pace").get() as
      { readonly atMs: number } | undefined;
    const free = Math.max(0, atOnce - inside);
    // What was not used up to one second ago may be used now, so that a slow head of the queue holds up nobody for long.
    const sinceMs = pace === undefined ? 1000 : Math.min(1000, nowMs - pace.atMs);
    const turns = Math.min(free, Math.max(1, Math.floor(perSecond)), Math.floor(sinceMs / everyMs));
    if (place > turns) {
      const retryAfterSeconds = Math.min(
        retryAfterSecondsMax,
        Math.max(1, Math.ceil((place * everyMs) / 1000)),
      );
      return { state: "waiting", id, place, retryAfterSeconds };
    }
    const paceMs = Math.floor(nowMs - sinceMs + everyMs);
    this.#database
      .prepare("INSERT INTO download_pace VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET admitted_at = ?1")
      .run(paceMs);
    const untilMs = nowMs + admittedMs;
    this.#database.prepare("UPDATE download_tickets SET admitted_until = ? WHERE id = ?").run(untilMs, id);
    return { state: "admitted", id, untilMs };
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a row's type stands with its SQL
  #one<Found>(sql: string, ...values: number[]): Found {
    return this.#database.prepare(sql).get(...values) as Found;
  }
}
