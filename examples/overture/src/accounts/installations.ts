import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface Installation {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly store: string;
  readonly version: string;
  readonly hasOffline: boolean;
  /** Of the offline copies it holds; without meaning while it holds none. */
  readonly offlineEpoch: number;
}

interface Row {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly store: string;
  readonly version: string;
  readonly hasOffline: number;
  readonly offlineEpoch: number;
}

export interface SeenBuild {
  readonly platform: string;
  readonly store: string;
  readonly version: string;
}

/** Devices of one account that are listed, the latest first. */
const listedMax = 200;

/** The installed apps (and browsers) of Overture's accounts. An installation belongs to one account for good. */
export class Installations {
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #seen: StatementSync;
  readonly #offline: StatementSync;
  readonly #wiped: StatementSync;
  readonly #ofAccount: StatementSync;

  constructor(database: DatabaseSync) {
    this.#byId = database.prepare(
      `SELECT id, account_id AS accountId, platform, store, version, has_offline AS hasOffline,
              offline_epoch AS offlineEpoch FROM installations WHERE id = ?`,
    );
    this.#insert = database.prepare(
      "INSERT INTO installations VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (id) DO NOTHING",
    );
    this.#seen = database.prepare(
      "UPDATE installations SET store = ?, version = ?, last_seen = ? WHERE id = ?",
    );
    // INVARIANT: the offline epoch of an installation never goes down.
    this.#offline = database.prepare(
      `UPDATE installations SET has_offline = 1, last_seen = ?2,
         offline_epoch = CASE WHEN has_offline = 1 THEN max(offline_epoch, ?1) ELSE ?1 END
       WHERE id = ?3 RETURNING offline_epoch AS offlineEpoch`,
    );
    this.#wiped = database.prepare(
      "UPDATE installations SET has_offline = 0 WHERE id = ? AND offline_epoch < ?",
    );
    this.#ofAccount = database.prepare(
      `SELECT id, account_id AS accountId, platform, store, version, has_offline AS hasOffline,
              offline_epoch AS offlineEpoch,
              max(last_seen, coalesce((SELECT max(w.last_seen) FROM web_sessions w
                WHERE w.account_id = installations.account_id AND w.installation_id = installations.id), 0))
              AS lastSeenMs
       FROM installations WHERE account_id = ? ORDER BY lastSeenMs DESC, id LIMIT ${listedMax}`,
    );
  }

  find(id: string): Installation | null {
    const row = this.#byId.get(id) as Row | undefined;
    return row === undefined ? null : { ...row, hasOffline: row.hasOffline === 1 };
  }

  /**
   * Notes that the account's installation signs in. False when that id is another account's, or was made for another
   * platform: nobody may take over a stranger's installation.
   */
  claim(id: string, accountId: string, build: SeenBuild, nowMs: number): boolean {
    const known = this.find(id);
    if (known === null) {
      this.#insert.run(id, accountId, build.platform, build.store, build.version, nowMs);
      // Another instance may have been faster; what it wrote counts.
      const written = this.find(id);
      return written?.accountId === accountId && written.platform === build.platform;
    }
    if (known.accountId !== accountId || known.platform !== build.platform) return false;
    this.#seen.run(build.store, build.version, nowMs, id);
    return true;
  }

  /** Notes which build an installation runs now. Costs a write only when it has changed. */
  seen(known: Installation, build: SeenBuild, nowMs: number): void {
    if (known.store === build.store && known.version === build.version) return;
    this.#seen.run(build.store, build.version, nowMs, known.id);
  }

  /** Notes that the installation now holds copies of this epoch; returns the epoch that stands. Null: no such installation. */
  tookOffline(id: string, epoch: number, nowMs: number): number | null {
    const row = this.#offline.get(epoch, nowMs, id) as { readonly offlineEpoch: number } | undefined;
    return row?.offlineEpoch ?? null;
  }

  /** Notes that the installation holds no copies below this epoch any more. */
  wiped(id: string, epoch: number): void {
    this.#wiped.run(id, epoch);
  }

  /** The account's installations, the latest seen first. */
  ofAccount(accountId: string): readonly (Installation & { readonly lastSeenMs: number })[] {
    const rows = this.#ofAccount.all(accountId) as unknown as (Row & { readonly lastSeenMs: number })[];
    return rows.map((row) => ({ ...row, hasOffline: row.hasOffline === 1 }));
  }
}
