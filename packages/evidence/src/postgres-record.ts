import type { LogValue } from "./log-value.ts";
import { isAuditMessage, readAuditMessage } from "./pgaudit-message.ts";
import type { AssembledRecord } from "./record-assembler.ts";

/** What a line of the log is that speaks of something else than an access. */
const otherOperation = "LOG";

/**
 * A record of the log from its columns. `operation` is `AUDIT:<class>.<command>` for an audit record, whose fields stand under
 * `audit`, and `LOG` for any other, so that a map can ignore those by name and they still are signs of life.
 */
export function postgresRecord(columns: ReadonlyMap<string, string>, line: number): AssembledRecord {
  const record = new Map<string, LogValue>(columns);
  record.set("operation", otherOperation);
  const message = columns.get("message") ?? "";
  if (isAuditMessage(message) && !annotations.has(columns.get("error_severity") ?? "")) {
    const audit = readAuditMessage(message);
    if (audit === null) return { line, unreadable: "its audit message is cut or has other fields" };
    record.set("audit", audit.fields);
    record.set("operation", audit.operation);
  }
  return { line, record: Object.fromEntries(record) };
}

/** Lines of stderr that quote something for the line before them: what they quote is nobody's audit. */
const annotations: ReadonlySet<string> = new Set([
  "DETAIL",
  "HINT",
  "QUERY",
  "CONTEXT",
  "STATEMENT",
  "LOCATION",
  "BACKTRACE",
]);
