import type { DuckDBConnection } from "@duckdb/node-api";
import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { oneNumber, sqlPath, sqlText } from "../engine.ts";
import type { ParquetPart } from "../raw-table.ts";
import type { CopyQuery } from "./copy-query.ts";

/** Copied text that becomes one Parquet file. */
const defaultPartBytes = 192 * 1024 * 1024;

interface CopiedInto {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  /** Names the files. */
  readonly name: string;
  readonly query: CopyQuery;
  readonly onBytes: (bytes: number) => void;
  readonly partBytes?: number;
}

/**
 * Takes what `COPY … TO STDOUT` sends, in PostgreSQL's text format, and makes Parquet files of it: one part is made
 * while the next one is received, so that no more than two parts lie there as text. Answers them in order, and the SHA-256
 * (hex) of what was sent.
 */
export async function copiedParts(
  stream: AsyncIterable<Buffer>,
  into: CopiedInto,
): Promise<{ readonly parts: readonly ParquetPart[]; readonly sha256: string }> {
  const { folder, name, partBytes = defaultPartBytes } = into;
  const hash = createHash("sha256");
  const parts: ParquetPart[] = [];
  const now: { making: Promise<ParquetPart> | null; text: CopiedText | null } = { making: null, text: null };
  let count = 0;
  const nextText = async (): Promise<CopiedText> => {
    const path = join(folder, `${name}-${count++}.tsv`);
    return { path, file: await open(path, "wx", 0o600), bytes: 0 };
  };
  const finish = async (): Promise<void> => {
    if (now.making !== null) parts.push(await now.making);
    now.making = null;
    if (now.text === null) return;
    await now.text.file.close();
    now.making = makePart(now.text.path, into);
    // Awaited with the next part; until then a failure is nobody's surprise.
    now.making.catch(() => undefined);
    now.text = null;
  };
  try {
    for await (const chunk of stream) {
      hash.update(chunk);
      into.onBytes(chunk.length);
      now.text ??= await nextText();
      // A line feed within a value is escaped: each one ends a row.
      const end = chunk.lastIndexOf(10) + 1;
      const isFull = now.text.bytes + chunk.length > partBytes && end > 0;
      await add(now.text, isFull ? chunk.subarray(0, end) : chunk);
      if (!isFull) continue;
      await finish();
      if (end < chunk.length) await add((now.text = await nextText()), chunk.subarray(end));
    }
    await finish();
    await finish();
    if (parts.length === 0) parts.push(await emptyPart(into));
    return { parts, sha256: hash.digest("hex") };
  } finally {
    await now.text?.file.close();
    if (now.making !== null) await Promise.allSettled([now.making]);
  }
}

interface CopiedText {
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
}

async function add(text: CopiedText, bytes: Buffer): Promise<void> {
  await text.file.writeFile(bytes);
  text.bytes += bytes.length;
}

async function emptyPart(into: CopiedInto): Promise<ParquetPart> {
  const path = join(into.folder, `${into.name}-0.tsv`);
  await (await open(path, "wx", 0o600)).close();
  return makePart(path, into);
}

/** Rows of PostgreSQL's text format as Parquet; the text is removed. */
async function makePart(path: string, { connection, query }: CopiedInto): Promise<ParquetPart> {
  const file = path.replace(/tsv$/, "parquet");
  const raw = query.columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const columns = query.columns.map(
    ({ column, type }, index) => `${typed(type, `c${index}`)} AS ${column.name}`,
  );
  await connection.run(
    `COPY (
       SELECT ${columns.join(", ")}
       FROM read_csv(${sqlPath(path)}, columns = {${raw}}, auto_detect = false, header = false, delim = '\t', quote = '',
         escape = '', nullstr = '\\N', new_line = '\\n', strict_mode = true, null_padding = false, encoding = 'utf-8')
     ) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION lz4)`,
  );
  await rm(path);
  const rows = await oneNumber(connection, `SELECT count(*) FROM read_parquet(${sqlPath(file)})`);
  return { file, rows };
}

function typed(type: CopyQuery["columns"][number]["type"], raw: string): string {
  switch (type) {
    case "text":
      return unescaped(raw);
    case "boolean":
      return `(${raw} = 't')`;
    case "timestamp":
    case "timestamptz":
      // What no time of the engine is becomes `infinity`, which is refused with its row, as PostgreSQL's own is.
      return `CASE WHEN ${raw} IS NOT NULL
        THEN coalesce(try_cast(${raw} AS ${type.toUpperCase()}), CAST('infinity' AS ${type.toUpperCase()})) END`;
  }
}

/** PostgreSQL's text format: a pair of backslashes is one, a letter after one is a control character. */
function unescaped(raw: string): string {
  const controls = [
    ["b", 8],
    ["t", 9],
    ["n", 10],
    ["v", 11],
    ["f", 12],
    ["r", 13],
  ] as const;
  const piece = controls.reduce(
    (sql, [letter, code]) => `replace(${sql}, '\\${letter}', chr(${code}))`,
    "piece",
  );
  const joined = `array_to_string(list_transform(string_split(${raw}, '\\\\'), lambda piece: ${piece}), '\\')`;
  return `CASE WHEN contains(${raw}, '\\') THEN ${joined} ELSE ${raw} END`;
}
