/** What a line's prefix says, and the message after it. */
type PrefixedLine =
  | { readonly columns: ReadonlyMap<string, string>; readonly message: string }
  | { readonly unreadable: string };

/** PostgreSQL writes two spaces after the severity. */
const severity =
  /(?:DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE): {2}/g;

/** Names have at most 63 bytes, so no prefix is longer. */
const prefixCharsMax = 1024;

/** What stands in front of the free part: time, process and number of the line; `%t:%r:%u@%d:[%p]:` has all of its own. */
const heads = [
  /^(?<log_time>TIME):(?<remote>[^()]*\(\d+\)|\[local\]|):(?<user_name>[^:@]*)@(?<database_name>[^:]*):\[(?<process_id>\d+)\]:$/,
  /^(?<log_time>TIME)-(?<session_id>[0-9a-f]+\.[0-9a-f]+)-$/,
  /^(?:< ?)?(?<log_time>TIME)(?: ?>)?(?::? \[(?<process_id>\d+)(?:-(?<session_line_num>\d+))?\]:?)?(?: \[(?<line_num>\d+)(?:-\d+)?\]:?)?(?<rest>[ :>-].*|)$/,
].map(
  (pattern) =>
    new RegExp(
      pattern.source.replace(
        "TIME",
        String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[A-Za-z]+|[+-]\d\d(?::?\d\d)*)`,
      ),
      "s",
    ),
);

/** `user=%u,db=%d,app=%a,client=%h` in any order, and the column that each key tells. */
const columnOfKey: ReadonlyMap<string, string> = new Map([
  ["user", "user_name"],
  ["db", "database_name"],
  ["database", "database_name"],
  ["app", "application_name"],
  ["application", "application_name"],
  ["client", "remote"],
  ["host", "remote"],
  ["remote", "remote"],
  ["pid", "process_id"],
  ["session", "session_id"],
  ["line", "session_line_num"],
  ["state", "sql_state_code"],
]);
const keys = [...columnOfKey.keys()].join("|");
const keyed = new RegExp(`^(?:${keys})=`);
const pairs = new RegExp(`(?:^|[, ]+)(${keys})=(.*?)(?=[, ]+(?:${keys})=|$)`, "gs");

/**
 * Reads `log_line_prefix` and severity off a line of stderr. The prefix is the server's setting and is told by its shape:
 * a time first, then what `%m [%p] `, `%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h `, `%m [%p] %q%u@%d `,
 * `%t:%r:%u@%d:[%p]:` and their like write. A client chooses its application's name: a line that can be read in two ways is unreadable.
 */
export function readPrefix(text: string): PrefixedLine {
  let found: PrefixedLine | null = null;
  for (const match of text.slice(0, prefixCharsMax).matchAll(severity)) {
    const columns = prefixColumns(text.slice(0, match.index));
    if (columns === null) continue;
    if (columns === "twofold" || found !== null) return { unreadable: "its prefix can be read in two ways" };
    columns.set("error_severity", match[0].slice(0, -3));
    found = { columns, message: text.slice(match.index + match[0].length) };
  }
  return found ?? { unreadable: "it has no log_line_prefix that is known" };
}

/** Null when this is no prefix. */
function prefixColumns(prefix: string): Map<string, string> | "twofold" | null {
  for (const head of heads) {
    const groups = head.exec(prefix)?.groups;
    if (groups === undefined) continue;
    const { rest = "", remote, line_num: lineNumber, ...named } = groups;
    const columns = new Map<string, string>();
    for (const [name, value] of Object.entries(named)) if (value) columns.set(name, value);
    if (lineNumber !== undefined) columns.set("session_line_num", lineNumber);
    if (remote !== undefined) addRemote(columns, remote);
    const added = addRest(columns, rest.replace(/^[ :>-]+/, "").replace(/[ :-]+$/, ""));
    if (added !== "none") return added === "added" ? columns : added;
  }
  return null;
}

/** `%u@%d`: `[unknown]` before a client has signed in. */
const accountAtDatabase = /^(?<user>\[unknown\]|[^\s@:()[\]]+)@(?<database>\[unknown\]|[^\s@:()[\]]+)$/;

/** The part of the prefix that tells who: nothing for a process of the server's own. */
function addRest(columns: Map<string, string>, rest: string): "added" | "twofold" | "none" {
  if (rest === "") return "added";
  const account = accountAtDatabase.exec(rest)?.groups;
  if (account !== undefined) {
    columns.set("user_name", account["user"] ?? "");
    columns.set("database_name", account["database"] ?? "");
    return "added";
  }
  const list = /^\[(.*)\]$/s.exec(rest)?.[1] ?? rest;
  if (!keyed.test(list)) return "none";
  const named = [...list.matchAll(pairs)].map(([, key = "", value = ""]) => ({
    column: columnOfKey.get(key) ?? key,
    value,
  }));
  const last = named.at(-1);
  // A value with spaces at the end is the beginning of a message, unless it is an application's name.
  if (last?.column !== "application_name" && last?.value.includes(" ") === true) return "none";
  if (new Set(named.map(({ column }) => column)).size < named.length) return "twofold";
  for (const { column, value } of named) {
    if (column === "remote") addRemote(columns, value);
    else if (value !== "") columns.set(column, value);
  }
  return "added";
}

/** `%h`, or `%r` with a port. */
function addRemote(columns: Map<string, string>, remote: string): void {
  if (remote === "") return;
  const { host = remote, port } = /^(?<host>.*)\((?<port>\d+)\)$/s.exec(remote)?.groups ?? {};
  columns.set("remote_host", host);
  if (port !== undefined) columns.set("connection_from", `${host}:${port}`);
}
