import type { DuckDBConnection } from "@duckdb/node-api";
import { join } from "node:path";
import { LakeError } from "../errors.ts";
import { clearBits, cohortBits, countBits } from "./cohort-bitmap.ts";
import type { CohortBitmap } from "./cohort-bitmap.ts";
import { CohortQuery } from "./cohort-query.ts";
import type { Cohort } from "./cohort.ts";
import { defaultEngineLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { countGroups, countGroupsBySql, groupRule } from "./count-groups.ts";
import type { GroupCounts, GroupCountsRequest } from "./count-groups.ts";
import { CountingColumns } from "./columns/counting-columns.ts";
import { cohortDigest, keepBits, keptBits } from "./kept-cohorts.ts";
import { Engine, oneNumber, rows, sqlPath, translateEngineError } from "./engine.ts";
import { currentVersion, readState } from "./lake-folder.ts";
import type { DirectoryState } from "./lake-folder.ts";
import { listTable } from "./list-table.ts";
import { packedAccounts } from "./packed-accounts.ts";
import type { PackedAccounts } from "./packed-accounts.ts";
import { accountBatches, idAndOrdinalChunks } from "./read-accounts.ts";
import type { AccountBatch } from "./read-accounts.ts";

export interface Contact {
  readonly accountId: string;
  readonly ordinal: number;
  readonly email: string | null;
  readonly locale: string | null;
  /** ISO 3166; null: unknown. */
  readonly market: string | null;
  /** Milliseconds since the epoch; null for an account of the newest export. */
  readonly leftAtMs: number | null;
}

/** All that the directory holds of one account. */
export interface AccountRecord {
  readonly ordinal: number;
  /** Milliseconds since the epoch; null: unknown. */
  readonly createdAtMs: number | null;
  readonly passwordSetAtMs: number | null;
  readonly market: string | null;
  readonly locale: string | null;
  /** Null for an account of the newest export. */
  readonly leftAtMs: number | null;
  readonly installations: readonly InstalledClient[];
}

export interface InstalledClient {
  readonly platform: string;
  readonly store: string;
  readonly version: string | null;
  readonly lastSeenMs: number | null;
  readonly hasOffline: boolean;
}

export interface CohortMembers {
  /** Sorted by code point. */
  readonly accountIds: readonly string[];
  /** The ordinal of each, in the same order. */
  readonly ordinals: Uint32Array;
  /** Distinct ids in `accounts` lists that the directory lacks: they are no members. */
  readonly outside: number;
}

export interface CohortOptions {
  /** Account ids that are no people (decoys). */
  readonly except?: readonly string[];
  /** False: evaluated anew, and not kept. */
  readonly keep?: boolean;
}

export interface ContactsPage {
  /** Null for the first page, then the last contact's ordinal. */
  readonly afterOrdinal: number | null;
  readonly limit: number;
  readonly except?: readonly string[];
}

/** The directory at rest in HOME/lake. Every call sees one import whole: the newest when it begins. */
export class Directory {
  readonly #lakeFolder: string;
  readonly #engine: Engine;

  private constructor(lakeFolder: string, engine: Engine) {
    this.#lakeFolder = lakeFolder;
    this.#engine = engine;
  }

  static async open(options: {
    readonly lakeFolder: string;
    readonly limits?: EngineLimits;
  }): Promise<Directory> {
    return new Directory(options.lakeFolder, await Engine.open(options.limits ?? defaultEngineLimits));
  }

  /** Throws LakeError ERR_LAKE_NO_DIRECTORY, as every call does, before the first import. */
  async state(): Promise<DirectoryState> {
    return readState(await this.#version());
  }

  /** The path of the newest accounts.parquet; it stays as it is until the import after the next. */
  async accountsFile(): Promise<string> {
    return join(await this.#version(), "accounts.parquet");
  }

  /** Ordered by ordinal, in batches; every account, those that have left too. */
  async *accountsAndOrdinals(): AsyncGenerator<AccountBatch> {
    const connection = await this.#connect(await this.#version());
    try {
      yield* accountBatches(connection, { relation: "accounts", order: "ordinal", hasOrdinals: true });
    } catch (error) {
      throw translateEngineError(error);
    } finally {
      connection.closeSync();
    }
  }

  /** The accounts of `accountsAndOrdinals`, several times as fast: joined texts and ordinals. */
  async *accountsInBulk(): AsyncGenerator<PackedAccounts> {
    const file = await this.accountsFile();
    const connections = [await this.#engine.connect(), await this.#engine.connect()] as const;
    try {
      yield* packedAccounts(connections, { file, hasOrdinals: true });
    } catch (error) {
      throw translateEngineError(error);
    } finally {
      for (const connection of connections) connection.closeSync();
    }
  }

  /** Throws InputError for a cohort that means nothing (an unreadable version or time, an unlisted platform or store). */
  async evaluateCohort(cohort: Cohort, options: CohortOptions = {}): Promise<CohortMembers> {
    const accountIds: string[] = [];
    const parts: Uint32Array[] = [];
    const outside = await this.#withMembers(cohort, options, async (connection, members, lists) => {
      const result = await connection.stream(
        `SELECT account_id, ordinal FROM accounts WHERE ordinal IN (${members}) ORDER BY account_id`,
      );
      for await (const [ids, ordinals] of idAndOrdinalChunks(result)) {
        for (const id of ids) accountIds.push(id);
        parts.push(ordinals);
      }
      return outsideCount(connection, lists);
    });
    const ordinals = new Uint32Array(accountIds.length);
    let at = 0;
    for (const part of parts) {
      ordinals.set(part, at);
      at += part.length;
    }
    return { accountIds, ordinals, outside };
  }

  /**
   * The members that `evaluateCohort` would give, as bits: for a bundle by ordinal, and many times faster. They are kept
   * beside the directory, so that the same cohort is evaluated once.
   */
  async cohortBitmap(
    cohort: Cohort,
    { except = [], keep = true }: CohortOptions = {},
  ): Promise<CohortBitmap> {
    return this.#with(async (connection, version) => {
      const state = await readState(version);
      const digest = cohortDigest(cohort, except, state);
      const { accounts } = state;
      const kept = keep ? await keptBits(version, digest, accounts) : null;
      if (kept !== null)
        return { ...kept, digest, version: state.version, accounts, members: countBits(kept.bitmap) };
      const query = new CohortQuery(connection);
      const columns = await CountingColumns.open(version);
      const bitmap = await cohortBits(connection, { query, cohort, accounts, columns });
      await listTable(connection, "excepted", except);
      if (except.length > 0) await clearBits(connection, ordinalsOfExcepted, bitmap);
      const outside = await outsideCount(connection, query.lists);
      if (keep) await keepBits(version, digest, { bitmap, outside });
      return { bitmap, digest, version: state.version, accounts, members: countBits(bitmap), outside };
    });
  }

  /** How many members `evaluateCohort` would give. */
  async countCohort(cohort: Cohort, options: CohortOptions = {}): Promise<number> {
    return (await this.cohortBitmap(cohort, options)).members;
  }

  /** People of a cohort by market, platform, store and side of a version. Throws InputError as `evaluateCohort` does. */
  async countGroups(request: GroupCountsRequest): Promise<GroupCounts> {
    const rule = groupRule(request);
    const { cohort, except = [] } = request;
    for (;;) {
      const { bitmap, version } = await this.cohortBitmap(cohort, { except });
      const counted = await this.#with(async (connection, folder) => {
        const state = await readState(folder);
        // An import came in between: the bits are another directory's.
        if (state.version !== version) return null;
        const columns = await CountingColumns.open(folder);
        const groups =
          columns === null
            ? await countGroupsBySql(connection, bitmap, rule)
            : await countGroups(columns, bitmap, rule);
        return { directoryVersion: state.version, asOf: state.asOf, ...groups };
      });
      if (counted !== null) return counted;
    }
  }

  /** Ordered by ordinal; shorter than `limit` (perhaps empty) only at the end. Accounts that have left are among them. */
  async contacts({ afterOrdinal, limit, except = [] }: ContactsPage): Promise<readonly Contact[]> {
    const after = afterOrdinal ?? -1;
    // Ordinals are dense, so that no more need be read than this, however many accounts there are.
    const last = after + limit + except.length;
    return this.#with(async (connection) => {
      await listTable(connection, "excepted", except);
      return contactsWhere(
        connection,
        `ordinal > ${after} AND ordinal <= ${last}
         AND account_id NOT IN (SELECT account_id FROM excepted) ORDER BY ordinal LIMIT ${limit}`,
      );
    });
  }

  /** Null when the directory lacks the account. */
  async contact(accountId: string): Promise<Contact | null> {
    return this.#with(async (connection) => {
      await listTable(connection, "asked", [accountId]);
      const [contact = null] = await contactsWhere(
        connection,
        "account_id IN (SELECT account_id FROM asked)",
      );
      return contact;
    });
  }

  /** Null when the directory lacks the account. */
  async account(accountId: string): Promise<AccountRecord | null> {
    return this.#with(async (connection) => {
      await listTable(connection, "asked", [accountId]);
      const [account] = await rows(
        connection,
        `SELECT ordinal, epoch_ms(created_at) AS created, epoch_ms(password_set_at) AS password, market, locale,
           epoch_ms(left_at) AS left_ms FROM accounts WHERE account_id IN (SELECT account_id FROM asked)`,
      );
      if (account === undefined) return null;
      const ordinal = Number(account["ordinal"]);
      const installed = await rows(
        connection,
        `SELECT platform, store, version, epoch_ms(last_seen) AS seen, has_offline FROM installations
         WHERE ordinal = ${ordinal} ORDER BY platform, store, version, seen`,
      );
      return {
        ordinal,
        createdAtMs: numberOrNull(account["created"]),
        passwordSetAtMs: numberOrNull(account["password"]),
        market: textOrNull(account["market"]),
        locale: textOrNull(account["locale"]),
        leftAtMs: numberOrNull(account["left_ms"]),
        installations: installed.map((row) => ({
          platform: String(row["platform"]),
          store: String(row["store"]),
          version: textOrNull(row["version"]),
          lastSeenMs: numberOrNull(row["seen"]),
          hasOffline: row["has_offline"] === true,
        })),
      };
    });
  }

  close(): void {
    this.#engine.close();
  }

  async #withMembers<Result>(
    cohort: Cohort,
    { except = [] }: CohortOptions,
    use: (connection: DuckDBConnection, members: string, lists: readonly string[]) => Promise<Result>,
  ): Promise<Result> {
    return this.#with(async (connection) => {
      const query = new CohortQuery(connection);
      const members = await query.ordinals(cohort);
      await listTable(connection, "excepted", except);
      const people = `(${members}) EXCEPT ${ordinalsOfExcepted}`;
      return use(connection, people, query.lists);
    });
  }

  async #with<Result>(
    use: (connection: DuckDBConnection, version: string) => Promise<Result>,
  ): Promise<Result> {
    const version = await this.#version();
    const connection = await this.#connect(version);
    try {
      return await use(connection, version);
    } catch (error) {
      throw translateEngineError(error);
    } finally {
      connection.closeSync();
    }
  }

  /** A connection with a version's files as temporary views, which are this connection's alone. */
  async #connect(version: string): Promise<DuckDBConnection> {
    const connection = await this.#engine.connect();
    for (const name of ["accounts", "installations"]) {
      const file = join(version, `${name}.parquet`);
      await connection.run(`CREATE TEMP VIEW ${name} AS FROM read_parquet(${sqlPath(file)})`);
    }
    return connection;
  }

  async #version(): Promise<string> {
    const version = await currentVersion(this.#lakeFolder);
    if (version !== null) return version;
    throw new LakeError("ERR_LAKE_NO_DIRECTORY", `no directory in \`${this.#lakeFolder}\``, {
      hint: "import one with `cordon directory import`",
    });
  }
}

const ordinalsOfExcepted =
  "SELECT ordinal FROM accounts WHERE account_id IN (SELECT account_id FROM excepted)";

async function contactsWhere(connection: DuckDBConnection, condition: string): Promise<readonly Contact[]> {
  const found = await rows(
    connection,
    `SELECT account_id, ordinal, email, locale, market, epoch_ms(left_at) AS left_at_ms FROM accounts WHERE ${condition}`,
  );
  return found.map((row) => ({
    accountId: String(row["account_id"]),
    ordinal: Number(row["ordinal"]),
    email: textOrNull(row["email"]),
    locale: textOrNull(row["locale"]),
    market: textOrNull(row["market"]),
    leftAtMs: row["left_at_ms"] === null ? null : Number(row["left_at_ms"]),
  }));
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

async function outsideCount(connection: DuckDBConnection, lists: readonly string[]): Promise<number> {
  if (lists.length === 0) return 0;
  const all = lists.map((list) => `SELECT account_id FROM ${list}`).join(" UNION ");
  return oneNumber(
    connection,
    `SELECT count(*) FROM (${all}) AS listed WHERE account_id NOT IN (SELECT account_id FROM accounts)`,
  );
}

/** Opens HOME/lake; there need not be a directory yet. Close it when done. */
export function openDirectory(options: {
  readonly lakeFolder: string;
  readonly limits?: EngineLimits;
}): Promise<Directory> {
  return Directory.open(options);
}
