import pg from "pg";

/** Whoever has the database to themselves: reads and writes every row of it, past the server. */
export class DatabaseAdministrator {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async at(databaseUrl: string): Promise<DatabaseAdministrator> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new DatabaseAdministrator(client);
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#client.query<Row>(text, [...values])).rows;
  }

  async tables(): Promise<readonly string[]> {
    const rows = await this.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    return rows.map(({ name }) => name);
  }

  /** All that the database holds, as text; bytes as text too where they are some. */
  async everyRow(): Promise<string> {
    const parts: string[] = [];
    for (const table of await this.tables()) {
      const rows = await this.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t`);
      parts.push(`${table}: ${rows.map(({ row }) => row).join("\n")}`);
    }
    return parts
      .join("\n")
      .replaceAll(/\\\\x([0-9a-f]+)/g, (_, hex: string) => Buffer.from(hex, "hex").toString("latin1"));
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
