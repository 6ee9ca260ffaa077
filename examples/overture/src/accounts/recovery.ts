import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

import { secretDigest } from "./secret-digest.ts";

const codesPerAccount = 10;
const codeBytes = 10;
/** Cases of one account that are open at once. */
const openCasesMax = 3;

interface RecoveryCase {
  readonly id: string;
  readonly accountId: string;
  readonly contact: string;
  readonly words: string;
  readonly openedAtMs: number;
}

/** Ways back for people whose mail address is dead: codes they kept, or a person who looks at their case. */
export class Recovery {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** New codes in place of the old ones. */
  makeCodes(accountId: string): readonly string[] {
    const codes = Array.from({ length: codesPerAccount }, () => randomBytes(codeBytes).toString("hex"));
    this.#database.prepare("DELETE FROM recovery_codes WHERE account_id = ?").run(accountId);
    const insert = this.#database.prepare("INSERT INTO recovery_codes VALUES (?, ?)");
    for (const code of codes) insert.run(accountId, secretDigest(code));
    return codes.map((code) => code.replace(/(.{5})(?=.)/g, "$1-"));
  }

  codesLeft(accountId: string): number {
    const row = this.#database
      .prepare("SELECT count(*) AS left FROM recovery_codes WHERE account_id = ?")
      .get(accountId) as { readonly left: number };
    return row.left;
  }

  /** Uses a code up; false when the account has no such code. Blanks, hyphens and capitals don't matter. */
  useCode(accountId: string, code: string): boolean {
    const plain = code.toLowerCase().replace(/[\s-]/g, "");
    const { changes } = this.#database
      .prepare("DELETE FROM recovery_codes WHERE account_id = ? AND code_sha256 = ?")
      .run(accountId, secretDigest(plain));
    return Number(changes) === 1;
  }

  /** False when the account has as many open cases as it may. */
  openCase(accountId: string, contact: string, words: string, nowMs: number): boolean {
    const { open } = this.#database
      .prepare("SELECT count(*) AS open FROM recovery_cases WHERE account_id = ? AND closed_at IS NULL")
      .get(accountId) as { readonly open: number };
    if (open >= openCasesMax) return false;
    this.#database
      .prepare("INSERT INTO recovery_cases VALUES (?, ?, ?, ?, ?, NULL)")
      .run(`case-${randomBytes(9).toString("base64url")}`, accountId, contact, words, nowMs);
    return true;
  }

  openCases(): readonly RecoveryCase[] {
    return this.#database
      .prepare(
        `SELECT id, account_id AS accountId, contact, words, opened_at AS openedAtMs
         FROM recovery_cases WHERE closed_at IS NULL ORDER BY opened_at, id LIMIT 1000`,
      )
      .all() as unknown as RecoveryCase[];
  }

  /** The open case, which is closed by this; null when there is none, or it was opened after `openedBeforeMs`. */
  close(id: string, openedBeforeMs: number, nowMs: number): RecoveryCase | null {
    const row = this.#database
      .prepare(
        `UPDATE recovery_cases SET closed_at = ? WHERE id = ? AND closed_at IS NULL AND opened_at <= ?
         RETURNING id, account_id AS accountId, contact, words, opened_at AS openedAtMs`,
      )
      .get(nowMs, id, openedBeforeMs) as RecoveryCase | undefined;
    return row ?? null;
  }
}
