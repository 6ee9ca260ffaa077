import { CsvRows } from "./csv-rows.ts";
import type { LogRecord, LogValue } from "./log-value.ts";

const messageStart = "AUDIT: ";
const fieldNames = [
  "type",
  "statement_id",
  "substatement_id",
  "class",
  "command",
  "object_type",
  "object_name",
  "statement",
  "parameter",
] as const;
/** What pgaudit writes in place of a text that it does not have or was told not to write. */
const placeholders: ReadonlySet<string> = new Set(["", "<none>", "<not logged>", "<previously logged>"]);

interface AuditMessage {
  /** `AUDIT:<class>.<command>`. */
  readonly operation: string;
  readonly fields: LogRecord;
}

/** True for the message of an audit record, whole or damaged. */
export function isAuditMessage(message: string): boolean {
  return message.startsWith(messageStart);
}

/**
 * The fields of an audit message: CSV in the order of pgaudit's documentation, and `rows` last with `pgaudit.log_rows`.
 * What pgaudit does not tell is absent. `parameters` are those of `parameter`, one by one. Null for a message that is cut or
 * has other fields.
 */
export function readAuditMessage(message: string): AuditMessage | null {
  const cells = csvCells(message.slice(messageStart.length));
  if (cells === null || cells.length < fieldNames.length || cells.length > fieldNames.length + 1) return null;
  const [type, , , auditClass, command] = cells;
  if ((type !== "SESSION" && type !== "OBJECT") || !auditClass || !command) return null;
  const fields = new Map<string, LogValue>();
  for (const [index, name] of [...fieldNames, "rows"].entries()) {
    const cell = cells[index] ?? "";
    if (!placeholders.has(cell)) fields.set(name, cell);
  }
  const parameter = fields.get("parameter");
  const parameters = typeof parameter === "string" ? csvCells(parameter) : null;
  if (parameters !== null) fields.set("parameters", parameters);
  return { operation: `AUDIT:${auditClass}.${command}`, fields: Object.fromEntries(fields) };
}

/** The cells of one CSV record, whose quoted cells may hold line ends; null when it is none. */
function csvCells(text: string): readonly string[] | null {
  const rows = new CsvRows();
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const row = rows.take({ line: 1, text: line, ending: isLast ? "" : "\n" });
    if (row !== null) return isLast && "cells" in row ? row.cells : null;
  }
  return null;
}
