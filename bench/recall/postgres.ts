import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { openJournal } from "@cordon/journal-postgres";
import type { Journal } from "@cordon/journal-postgres";
import pg from "pg";

import type { ReadyCohort } from "./ready-cohort.ts";

/** The embedded PostgreSQL as a home has it, with its own settings: a commit waits for the disk. */
export class Postgres {
  readonly #journal: Journal;
  readonly #client: pg.Client;
  readonly #reader: pg.Client;
  readonly #listFile: string;

  private constructor(journal: Journal, clients: readonly [pg.Client, pg.Client], listFile: string) {
    this.#journal = journal;
    [this.#client, this.#reader] = clients;
    this.#listFile = listFile;
  }

  static async start(work: string): Promise<Postgres> {
    const home = path.join(work, "home");
    const journal = await openJournal({
      home,
      databaseUrl: null,
      clock: Date.now,
      randomBytes: (count) => randomBytes(count),
    });
    const connectionString = (await readFile(path.join(home, "postgres.url"), "utf8")).trim();
    const clients = [new pg.Client({ connectionString }), new pg.Client({ connectionString })] as const;
    for (const client of clients) await client.connect();
    return new Postgres(journal, clients, path.join(work, "cohort.txt"));
  }

  async version(): Promise<string> {
    const { rows } = await this.#client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  }

  /** A row for each account, a table with the cohort's ids, and the same as a file. */
  async prepare({ ordinals, accounts }: ReadyCohort): Promise<void> {
    await chmod(path.dirname(this.#listFile), 0o755);
    await writeFile(this.#listFile, `${ordinals.join("\n")}\n`, { mode: 0o644 });
    const sql = `
      DROP TABLE IF EXISTS session, cohort, denied;
      CREATE TABLE session (account integer PRIMARY KEY, signed_in timestamptz NOT NULL, revoked boolean NOT NULL);
      INSERT INTO session SELECT i, now(), false FROM generate_series(0, ${accounts - 1}) AS numbers(i);
      CREATE TABLE cohort (account integer PRIMARY KEY);
      COPY cohort FROM '${this.#listFile}';
      CREATE TABLE denied (account integer PRIMARY KEY);
      VACUUM ANALYZE session; VACUUM ANALYZE cohort; CHECKPOINT;`;
    for (const statement of sql.split(";")) if (statement.trim() !== "") await this.#client.query(statement);
  }

  async revoke(): Promise<void> {
    await this.#client.query(
      "UPDATE session SET revoked = true FROM cohort WHERE session.account = cohort.account",
    );
  }

  async unrevoke(): Promise<void> {
    await this.#client.query("UPDATE session SET revoked = false WHERE revoked");
    await this.#client.query("VACUUM session");
    await this.#client.query("CHECKPOINT");
  }

  async copy(): Promise<void> {
    await this.#client.query(`COPY denied FROM '${this.#listFile}'`);
  }

  async uncopy(): Promise<void> {
    await this.#client.query("TRUNCATE denied");
    await this.#client.query("CHECKPOINT");
  }

  isRevoked(account: number): Promise<boolean> {
    return this.#holds(`SELECT revoked AS holds FROM session WHERE account = ${account}`);
  }

  isDenied(account: number): Promise<boolean> {
    return this.#holds(`SELECT EXISTS (SELECT FROM denied WHERE account = ${account}) AS holds`);
  }

  async count(table: "session WHERE revoked" | "denied"): Promise<number> {
    const { rows } = await this.#client.query<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
    return Number(rows[0]?.count ?? Number.NaN);
  }

  async stop(): Promise<void> {
    await this.#client.end();
    await this.#reader.end();
    await this.#journal.close();
  }

  /** By another connection: what is committed. */
  async #holds(sql: string): Promise<boolean> {
    const { rows } = await this.#reader.query<{ holds: boolean }>(sql);
    return rows[0]?.holds ?? false;
  }
}
