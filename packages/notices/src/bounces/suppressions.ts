import { createHmac } from "node:crypto";
import { sql } from "kysely";
import type { LedgerDatabase } from "../ledger/migrate-notices.ts";

/**
 * RFC 3463: no such mailbox or domain (5.1.x), or a mailbox that is disabled (5.2.1). A full mailbox, a message that is too large or a
 * policy's refusal says nothing of the next message.
 */
const forGood = /^5\.(?:1\.\d{1,3}|2\.1)$/;

/** Whether a status says that no message will ever reach the address. */
export function saysForGood(status: string | null): boolean {
  return status !== null && forGood.test(status);
}

/**
 * Addresses that no notice tries again, shared by all servers of a database. What rests are digests under a key of the database: it
 * can be asked about an address, and lists none. Another address of the same person is none of them.
 */
export class Suppressions {
  readonly #db: LedgerDatabase;
  readonly #clock: () => number;
  readonly #randomBytes: (count: number) => Uint8Array;
  #key: Promise<Uint8Array> | null = null;

  constructor(db: LedgerDatabase, clock: () => number, randomBytes: (count: number) => Uint8Array) {
    this.#db = db;
    this.#clock = clock;
    this.#randomBytes = randomBytes;
  }

  /** Idempotent: the first status stands. */
  async add(email: string, status: string | null): Promise<void> {
    await sql`
      insert into notices.suppressed (digest, status, since)
      values (${await this.#digest(email)}, ${status}, ${new Date(this.#clock())}) on conflict (digest) do nothing
    `.execute(this.#db);
  }

  /** Those of the addresses that are suppressed. */
  async among(emails: readonly string[]): Promise<ReadonlySet<string>> {
    const byDigest = new Map<string, string[]>();
    // Most databases have none: one question then, and no digests.
    const some = await sql`select 1 as one from notices.suppressed limit 1`.execute(this.#db);
    if (some.rows.length === 0 || emails.length === 0) return new Set();
    for (const email of emails) {
      const digest = (await this.#digest(email)).toString("hex");
      byDigest.set(digest, [...(byDigest.get(digest) ?? []), email]);
    }
    const digests = [...byDigest.keys()].map((hex) => Buffer.from(hex, "hex"));
    const found = await sql<{ digest: Buffer }>`
      select digest from notices.suppressed where digest = any(${digests}::bytea[])
    `.execute(this.#db);
    return new Set(found.rows.flatMap(({ digest }) => byDigest.get(digest.toString("hex")) ?? []));
  }

  async #digest(email: string): Promise<Buffer> {
    this.#key ??= this.#readKey().catch((error: unknown) => {
      this.#key = null;
      throw error;
    });
    return createHmac("sha256", await this.#key)
      .update(normal(email), "utf8")
      .digest();
  }

  async #readKey(): Promise<Uint8Array> {
    await sql`
      insert into notices.suppression_key (key) values (${Buffer.from(this.#randomBytes(32))}) on conflict (only_one) do nothing
    `.execute(this.#db);
    const found = await sql<{ key: Buffer }>`select key from notices.suppression_key`.execute(this.#db);
    const [row] = found.rows;
    if (row === undefined) throw new TypeError("a key that was written is not there");
    return row.key;
  }
}

/** RFC 5321 2.4: the domain has no case; the local part may have one. */
function normal(email: string): string {
  const at = email.lastIndexOf("@");
  return email.slice(0, at) + email.slice(at).toLowerCase();
}
