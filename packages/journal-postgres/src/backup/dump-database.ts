import path from "node:path";
import { asWriter } from "../log/head.ts";
import { openExisting } from "../verify/verify-journal.ts";
import { backupTables, migrationsOf, quoted, tableName, type BackupTable } from "./tables.ts";

/** A piece of a database: rows as JSON, one a line. */
export interface DumpedRows {
  readonly table: BackupTable;
  readonly lines: string;
  readonly rows: number;
}

export interface DumpedDatabase {
  /** The migrations that had run, by schema. */
  readonly migrations: { readonly [schema: string]: readonly string[] };
  readonly tables: readonly BackupTable[];
  /** In the order in which they can be filled in again. */
  readonly pieces: AsyncGenerator<DumpedRows>;
}

const fetchRows = 500;
/** A piece is closed once it holds so much. */
const pieceBytes = 4 << 20;

/**
 * Hands everything that the servers of a database hold to `use`, as of one instant at which no append was half done. Servers go on
 * meanwhile. Throws ERR_JOURNAL_ABSENT, ERR_JOURNAL_DATABASE.
 */
export async function dumpDatabase<Result>(
  options: {
    readonly home: string;
    readonly databaseUrl: string | null;
    readonly randomBytes: (count: number) => Uint8Array;
  },
  use: (dumped: DumpedDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await openExisting({ ...options, home: path.resolve(options.home) });
  try {
    const writer = await database.connect();
    const reader = await database.connect();
    try {
      await asWriter(writer, async () => {
        await reader.query("begin isolation level repeatable read read only");
        await reader.query("select");
      });
      const [tables, migrations] = [await backupTables(reader), await migrationsOf(reader)];
      return await use({ migrations, tables, pieces: pieces(reader, tables) });
    } finally {
      await Promise.all([writer.end(), reader.end()]);
    }
  } finally {
    await database.close("when-started");
  }
}

type Reader = Awaited<ReturnType<Awaited<ReturnType<typeof openExisting>>["connect"]>>;

async function* pieces(reader: Reader, tables: readonly BackupTable[]): AsyncGenerator<DumpedRows> {
  for (const table of tables) {
    const columns = table.columns.map((column) => `t.${quoted(column)}`).join(", ");
    // As JSON and back by the database itself: no value passes through a number or a date of this language.
    await reader.query(
      `declare dumped no scroll cursor for
       select row_to_json(r)::text as row from (select ${columns} from ${tableName(table)} t) as r`,
    );
    let lines: string[] = [];
    let bytes = 0;
    for (;;) {
      const { rows } = await reader.query<{ row: string }>(`fetch ${fetchRows} from dumped`);
      for (const { row } of rows) {
        lines.push(row);
        bytes += row.length;
        if (bytes < pieceBytes) continue;
        yield { table, lines: lines.join("\n"), rows: lines.length };
        lines = [];
        bytes = 0;
      }
      if (rows.length < fetchRows) break;
    }
    if (lines.length > 0) yield { table, lines: lines.join("\n"), rows: lines.length };
    await reader.query("close dumped");
  }
}
