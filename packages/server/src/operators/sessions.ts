import type { Kysely } from "kysely";
import type { KnownOperator, OperatorBook } from "./operator-book.ts";
import type { OperatorRegister } from "./operator-register.ts";
import { digestOf, newId, newSecret, type Seal } from "./secrets.ts";
import type { OperatorTables } from "./tables.ts";

export const sessionLifetime = {
  /** Without a request for so long a session is over. */
  idleMs: 30 * 60_000,
  /** After so long it is over in any case. */
  absoluteMs: 12 * 3_600_000,
} as const;

/** Sessions of one operator at a time; the oldest gives way. */
export const sessionsPerOperatorMax = 20;
/** `last_seen_at` is written no more often. */
const seenEveryMs = 60_000;

export interface Session {
  readonly id: string;
  readonly operator: KnownOperator;
  readonly method: "passkey" | "issuer";
  /** `Firefox on Linux`: enough to know one's own. */
  readonly device: string;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly untilMs: number;
}

type Row = OperatorTables["operators.session"];

/** Who is signed in, on every server of the database. A session is a row that only this HOME's key can have written. */
export class Sessions {
  readonly #db: Kysely<OperatorTables>;
  readonly #register: OperatorRegister;
  readonly #seal: Seal;
  readonly #clock: () => number;

  constructor(db: Kysely<OperatorTables>, register: OperatorRegister, seal: Seal, clock: () => number) {
    this.#db = db;
    this.#register = register;
    this.#seal = seal;
    this.#clock = clock;
  }

  /** Begins one; gives the cookie's secret, which is kept nowhere. */
  async begin(operator: KnownOperator, method: Session["method"], device: string): Promise<string> {
    const nowMs = this.#clock();
    const secret = newSecret();
    const row = {
      session_id: newId("session"),
      secret_digest: digestOf(secret),
      operator: operator.name,
      // What comes on record while somebody signs in ends the session at once.
      restricted_at: String(operator.restrictedAt),
      method,
      device,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + sessionLifetime.absoluteMs),
      last_seen_at: new Date(nowMs),
    };
    const seal = this.#seal.of(...sealed(row));
    await this.#db
      .insertInto("operators.session")
      .values({ ...row, seal })
      .execute();
    await this.#db.deleteFrom("operators.session").where("expires_at", "<=", new Date(nowMs)).execute();
    const oldest = this.#db
      .selectFrom("operators.session")
      .select("session_id")
      .where("operator", "=", operator.name)
      .orderBy("created_at", "desc")
      .offset(sessionsPerOperatorMax);
    await this.#db.deleteFrom("operators.session").where("session_id", "in", oldest).execute();
    return secret;
  }

  /** The session of a cookie's secret; null when there is none, or none any more. Counts as a sign of life. */
  async find(secret: string): Promise<Session | null> {
    const row = await this.#db
      .selectFrom("operators.session")
      .selectAll()
      .where("secret_digest", "=", digestOf(secret))
      .executeTakeFirst();
    if (row === undefined) return null;
    const session = this.#valid(row, await this.#register.current());
    if (session === null) {
      await this.end(row.operator, row.session_id);
      return null;
    }
    if (this.#clock() - session.lastSeenAtMs >= seenEveryMs) {
      await this.#db
        .updateTable("operators.session")
        .set({ last_seen_at: new Date(this.#clock()) })
        .where("session_id", "=", session.id)
        .execute();
    }
    return session;
  }

  async of(operator: string): Promise<readonly Session[]> {
    const rows = await this.#db
      .selectFrom("operators.session")
      .selectAll()
      .where("operator", "=", operator)
      .orderBy("created_at", "desc")
      .execute();
    const book = await this.#register.current();
    return rows.flatMap((row) => this.#valid(row, book) ?? []);
  }

  /** Ends one session of an operator; of somebody else's it ends none. */
  async end(operator: string, id: string): Promise<void> {
    await this.#db
      .deleteFrom("operators.session")
      .where("operator", "=", operator)
      .where("session_id", "=", id)
      .execute();
  }

  async endOthers(session: Session): Promise<void> {
    await this.#db
      .deleteFrom("operators.session")
      .where("operator", "=", session.operator.name)
      .where("session_id", "<>", session.id)
      .execute();
  }

  #valid(row: Row, book: OperatorBook): Session | null {
    const nowMs = this.#clock();
    const operator = book.operator(row.operator);
    const [createdAtMs, untilMs, lastSeenAtMs] = [
      row.created_at.getTime(),
      row.expires_at.getTime(),
      row.last_seen_at.getTime(),
    ];
    if (operator === null || operator.revoked) return null;
    if (!this.#seal.fits(row.seal, ...sealed(row))) return null;
    // INVARIANT: whatever took something from the operator ended every session that began before it.
    if (row.restricted_at !== String(operator.restrictedAt)) return null;
    if (nowMs >= untilMs || nowMs >= lastSeenAtMs + sessionLifetime.idleMs) return null;
    return {
      id: row.session_id,
      operator,
      method: row.method,
      device: row.device,
      createdAtMs,
      lastSeenAtMs,
      untilMs,
    };
  }
}

function sealed(row: Omit<Row, "seal" | "last_seen_at" | "device">): readonly string[] {
  return [
    "session",
    row.session_id,
    row.secret_digest.toString("base64url"),
    row.operator,
    row.restricted_at,
    row.method,
    row.created_at.toISOString(),
    row.expires_at.toISOString(),
  ];
}
