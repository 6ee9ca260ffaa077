import { CsvlogRecords, looksLikeCsvlog } from "./postgres-csvlog.ts";
import { readPrefix } from "./postgres-prefix.ts";
import { StderrRecords } from "./postgres-stderr.ts";
import { lineIsBlank } from "./physical-line.ts";
import type { RecordAssembler } from "./record-assembler.ts";

/** A PostgreSQL log, csvlog or stderr: the file's first line that is of one of them tells; what stands before it is unreadable. */
export function assemblePostgresLog(): RecordAssembler {
  let records: RecordAssembler | null = null;
  return {
    take(line) {
      if (records !== null) return records.take(line);
      if (lineIsBlank(line.text)) return [];
      if (looksLikeCsvlog(line.text)) records = new CsvlogRecords();
      else {
        const prefix = readPrefix(line.text);
        if ("unreadable" in prefix) return [{ line: line.line, unreadable: prefix.unreadable }];
        records = new StderrRecords();
      }
      return records.take(line);
    },
    miss: (line, unreadable) => records?.miss(line, unreadable) ?? [{ line, unreadable }],
    end: () => records?.end() ?? [],
  };
}
