import { assembleCsv } from "./csv-records.ts";
import type { Source } from "./data-map.ts";
import { assembleDocuments } from "./document-records.ts";
import type { LogValue } from "./log-value.ts";
import { assemblePostgresLog } from "./postgres-records.ts";
import type { PhysicalLine } from "./physical-line.ts";
import { assembleJsonLines } from "./json-lines.ts";

/** A record and the line on which it begins, or why it cannot be read (one clause in lower case). */
export type AssembledRecord =
  | { readonly line: number; readonly record: LogValue }
  | { readonly line: number; readonly unreadable: string };

/** Makes one file's physical lines records. Pure; takes the lines in order. */
export interface RecordAssembler {
  take(line: PhysicalLine): readonly AssembledRecord[];
  /** A physical line whose text cannot be had: over the reader's limit, or no UTF-8. It ends the record it is part of. */
  miss(line: number, unreadable: string): readonly AssembledRecord[];
  /** After the file's last line. */
  end(): readonly AssembledRecord[];
}

/**
 * How the text of a source's files is cut into records; a new one for each file. A byte order mark at its beginning is
 * no part of the first line. Only the Parquet files of `ocsf` are no text.
 */
export function assembleRecords(source: Pick<Source, "format" | "fields">): RecordAssembler {
  const records = assemblerOf(source);
  return {
    take: (line) =>
      records.take(
        line.line === 1 && line.text.startsWith("\uFEFF") ? { ...line, text: line.text.slice(1) } : line,
      ),
    miss: (line, unreadable) => records.miss(line, unreadable),
    end: () => records.end(),
  };
}

function assemblerOf(source: Pick<Source, "format" | "fields">): RecordAssembler {
  switch (source.format) {
    case "jsonl":
      return assembleJsonLines();
    case "csv":
      return assembleCsv(source);
    case "cloudtrail":
    case "ocsf":
      return assembleDocuments(source.format);
    case "pgaudit":
      return assemblePostgresLog();
  }
}
