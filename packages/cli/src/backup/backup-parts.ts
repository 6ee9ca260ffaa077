import { dumpDatabase, type DumpedDatabase } from "@cordon/journal-postgres";
import { archiveEnd, archiveHeader, archivePadding } from "./archive.ts";
import { homeParts, keyFolders } from "./home-files.ts";

export const manifestName = "cordon-backup.json";

/** The first file of a backup. */
export interface BackupManifest {
  readonly format: 1;
  readonly kind: "data" | "keys";
  readonly takenAt: string;
  /** The migrations that had run, by schema. */
  readonly migrations: { readonly [schema: string]: readonly string[] };
}

interface BackupPlace {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly takenAt: string;
}

/**
 * Hands the bytes of a backup to `write`: the database as of one instant, then HOME's files, which may be newer but never older
 * than what the database says of them.
 */
export async function backUpData(
  place: BackupPlace,
  write: (parts: AsyncIterable<Buffer>) => Promise<void>,
): Promise<{ readonly rows: number }> {
  const counted = { rows: 0 };
  await dumpDatabase(place, (dumped) => write(dataParts(place, dumped, counted)));
  return counted;
}

async function* dataParts(
  { home, takenAt }: BackupPlace,
  { migrations, pieces }: DumpedDatabase,
  counted: { rows: number },
): AsyncGenerator<Buffer> {
  yield* filePart(manifestName, `${JSON.stringify(manifest("data", takenAt, migrations))}\n`);
  let piece = 0;
  for await (const { table, lines, rows } of pieces) {
    counted.rows += rows;
    yield* filePart(`database/${String(piece++).padStart(8, "0")}/${table.schema}.${table.name}`, lines);
  }
  yield* homeParts(home, null);
  yield archiveEnd;
}

/** The bytes of a backup of the keys alone. */
export async function* keyParts({
  home,
  takenAt,
}: Pick<BackupPlace, "home" | "takenAt">): AsyncGenerator<Buffer> {
  yield* filePart(manifestName, `${JSON.stringify(manifest("keys", takenAt, {}))}\n`);
  yield* homeParts(home, keyFolders);
  yield archiveEnd;
}

function manifest(
  kind: BackupManifest["kind"],
  takenAt: string,
  migrations: BackupManifest["migrations"],
): BackupManifest {
  return { format: 1, kind, takenAt, migrations };
}

function* filePart(name: string, text: string): Generator<Buffer> {
  const bytes = Buffer.from(text, "utf8");
  yield archiveHeader({ name, bytes: bytes.length, link: null, mode: 0o600 });
  yield bytes;
  yield archivePadding(bytes.length);
}
