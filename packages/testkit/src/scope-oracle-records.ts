/** A record as it was read, or null for something unreadable. */
export type OracleRecord = Readonly<Record<string, unknown>> | null;

/** The records of one file's text, read in the plainest way. */
export function recordsOf(format: string, text: string): readonly OracleRecord[] {
  switch (format) {
    case "jsonl":
      return lines(text).map(jsonRecord);
    case "cloudtrail":
      return (
        document(text, ["Records"]) ??
        lines(text).flatMap((line) => document(line, ["Records"]) ?? jsonRecord(line))
      );
    case "ocsf":
      return (
        document(text, ["Records", "Events"]) ??
        lines(text).flatMap((line) => document(line, ["Records", "Events"]) ?? jsonRecord(line))
      );
    case "csv":
      return csvRecords(text);
    case "pgaudit":
      return csvRows(text).map(auditRecord);
    default:
      throw new RangeError(`the oracle reads no ${format}`);
  }
}

function lines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonRecord(line: string): OracleRecord {
  const value = parsed(line);
  return isRecord(value) ? value : null;
}

/** The records of a JSON text that holds a list of them; null when it is none. */
function document(text: string, keys: readonly string[]): readonly OracleRecord[] | null {
  const value = parsed(text);
  const list = isRecord(value)
    ? keys.map((key) => value[key]).find((candidate) => Array.isArray(candidate))
    : keys.includes("Events")
      ? value
      : null;
  return Array.isArray(list) ? list.map((item: unknown) => (isRecord(item) ? item : null)) : null;
}

/** RFC 4180 with a header; an empty cell is absent, a record with more or fewer cells is unreadable. */
function csvRecords(text: string): readonly OracleRecord[] {
  const [header, ...rows] = csvRows(text);
  if (header === undefined) return [];
  return rows.map((cells) => {
    if (cells.length !== header.length) return null;
    return Object.fromEntries(
      header.flatMap((name, index) => (cells[index] === "" ? [] : [[name, cells[index]]])),
    );
  });
}

const csvlogColumns =
  "log_time,user_name,database_name,process_id,connection_from,session_id,session_line_num,command_tag,session_start_time,virtual_transaction_id,transaction_id,error_severity,sql_state_code,message,detail,hint,internal_query,internal_query_pos,context,query,query_pos,location,application_name,backend_type,leader_pid,query_id".split(
    ",",
  );
const auditFields =
  "type,statement_id,substatement_id,class,command,object_type,object_name,statement,parameter,rows".split(
    ",",
  );

/** A line of PostgreSQL's csvlog, which has 23, 24 or 26 columns, with pgaudit's record in its message. */
function auditRecord(cells: readonly string[]): OracleRecord {
  if (![23, 24, 26].includes(cells.length)) return null;
  const columns = named(csvlogColumns, cells);
  const message = columns["message"] ?? "";
  const host = columns["connection_from"]?.replace(/:\d+$/, "");
  const record = { ...columns, operation: "LOG", ...(host === undefined ? {} : { remote_host: host }) };
  if (!message.startsWith("AUDIT: ")) return record;
  const audit = named(auditFields, csvRows(message.slice("AUDIT: ".length))[0] ?? []);
  const { class: auditClass, command } = audit;
  if (auditClass === undefined || command === undefined) return null;
  return { ...record, audit, operation: `AUDIT:${auditClass}.${command}` };
}

/** What is empty or left out on purpose is absent. */
function named(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  const told = names.flatMap((name, index): [string, string][] => {
    const cell = cells[index] ?? "";
    return cell === "" || cell === "<none>" || cell === "<not logged>" ? [] : [[name, cell]];
  });
  return Object.fromEntries(told);
}

function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endRow = (): void => {
    row.push(cell);
    cell = "";
    // Blank lines are no lines.
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? "";
    if (isQuoted && sign === '"' && text[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) cell += sign;
    else if (sign === ",") {
      row.push(cell);
      cell = "";
    } else if (sign === "\n") endRow();
    else if (sign !== "\r") cell += sign;
  }
  endRow();
  return rows;
}

/** The keys of a path: dots descend, a key with a dot or other sign is quoted. */
function keysOf(path: string): readonly string[] {
  const keys = path.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? [];
  return keys.map((key) => (key.startsWith('"') ? String(parsed(key)) : key));
}

export function at(record: unknown, path: string): unknown {
  let value = record;
  for (const key of keysOf(path)) {
    if (isRecord(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
    else if (Array.isArray(value)) value = (value as readonly unknown[])[Number(key)];
    else return undefined;
  }
  return value;
}
