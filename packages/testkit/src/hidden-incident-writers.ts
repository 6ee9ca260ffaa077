import { iso, isoWithOffset } from "./hidden-incident-times.ts";
import type { SeededRandom } from "./seeded-random.ts";

export const hiddenFormats = ["jsonl", "csv", "cloudtrail", "ocsf", "pgaudit"] as const;
export type HiddenFormat = (typeof hiddenFormats)[number];

/** Formats whose values are all text, separated by commas. */
export const textFormats: ReadonlySet<HiddenFormat> = new Set(["csv", "pgaudit"]);

/** What a record has a place for. */
export const recordParts = [
  "time",
  "id",
  "actor",
  "address",
  "session",
  "operation",
  "outcome",
  "sequence",
  "host",
  "mode",
  "user",
  "users",
  "count",
] as const;
export type RecordPart = (typeof recordParts)[number];

/** What a record says; a part that is undefined or not there is absent. Lists and numbers are as JSON has them. */
export type RecordValues = Readonly<Partial<Record<RecordPart, unknown>>>;

/** How one door's records look. */
export interface DoorShape {
  readonly paths: Readonly<Record<RecordPart, readonly string[]>>;
  /** `documents`: all records of a file stand in one JSON text, on one line or over several. */
  readonly layout: "lines" | "document" | "spread-document";
  /** What stands before an account's id, and is no part of it. */
  readonly accountPrefix: string;
  readonly idsAreNumbers: boolean;
  readonly sequencesAreText: boolean;
  readonly timeStyle: "utc" | "offset" | "milliseconds" | "postgres";
  /** What stands before an operation's name. */
  readonly operationPrefix: string;
  readonly outcomes: { readonly good: readonly unknown[]; readonly bad: readonly unknown[] };
}

type PathSet = DoorShape["paths"];

const flatPaths: PathSet = {
  time: ["ts"],
  id: ["req_id"],
  actor: ["principal"],
  address: ["ip"],
  session: ["sid"],
  operation: ["op"],
  outcome: ["status"],
  sequence: ["seq"],
  host: ["host"],
  mode: ["mode"],
  user: ["user_id"],
  users: ["user_ids"],
  count: ["rows"],
};

const nestedPaths: PathSet = {
  ...flatPaths,
  time: ["@timestamp"],
  id: ["request", "id"],
  actor: ["who", "name"],
  address: ["who", "ip"],
  sequence: ["log.meta", "n°"],
  user: ["params", "user.id"],
  users: ["result", "ids"],
  count: ["result", "count"],
};

const columnPaths: PathSet = { ...flatPaths, time: ["time, UTC"], user: ["user id"], users: ["users.list"] };

const cloudtrailPaths: PathSet = {
  time: ["eventTime"],
  id: ["eventID"],
  actor: ["userIdentity", "arn"],
  address: ["sourceIPAddress"],
  session: ["userIdentity", "accessKeyId"],
  operation: ["eventName"],
  outcome: ["errorCode"],
  sequence: ["additionalEventData", "sequence"],
  host: ["additionalEventData", "host"],
  mode: ["requestParameters", "mode"],
  user: ["requestParameters", "userId"],
  users: ["responseElements", "userIds"],
  count: ["responseElements", "count"],
};

const ocsfPaths: PathSet = {
  time: ["time"],
  id: ["metadata", "uid"],
  actor: ["actor", "user", "name"],
  address: ["src_endpoint", "ip"],
  session: ["actor", "session", "uid"],
  operation: ["api", "operation"],
  outcome: ["status_id"],
  sequence: ["metadata", "sequence"],
  host: ["device", "hostname"],
  mode: ["unmapped", "mode"],
  user: ["unmapped", "account"],
  users: ["unmapped", "accounts"],
  count: ["unmapped", "count"],
};

const pgauditPaths: PathSet = {
  time: ["log_time"],
  id: ["virtual_transaction_id"],
  actor: ["user_name"],
  address: ["remote_host"],
  session: ["application_name"],
  operation: ["operation"],
  outcome: ["error_severity"],
  sequence: ["session_line_num"],
  host: ["session_id"],
  mode: ["audit", "object_name"],
  user: ["audit", "parameter"],
  users: ["audit", "parameter"],
  count: ["audit", "rows"],
};

const httpOutcomes = { good: [200, 206], bad: [401, 403, 500, "2000", null] };

export function drawShape(random: SeededRandom, format: HiddenFormat): DoorShape {
  const drawn = {
    layout: "lines",
    operationPrefix: "",
    accountPrefix: random.chance(0.2) ? "acct/" : "",
    idsAreNumbers: random.chance(0.5),
    sequencesAreText: random.chance(0.2),
    timeStyle: random.chance(0.2) ? "offset" : "utc",
  } as const;
  const documents = random.pick(["lines", "document", "spread-document"] as const);
  switch (format) {
    case "jsonl":
      return { ...drawn, paths: random.pick([flatPaths, nestedPaths]), outcomes: httpOutcomes };
    case "csv":
      return { ...drawn, paths: random.pick([flatPaths, columnPaths]), outcomes: httpOutcomes };
    case "cloudtrail":
      return {
        ...drawn,
        layout: documents,
        paths: cloudtrailPaths,
        outcomes: { good: [undefined, null], bad: ["AccessDenied", "ThrottlingException"] },
      };
    case "ocsf":
      return {
        ...drawn,
        layout: documents,
        timeStyle: "milliseconds",
        paths: ocsfPaths,
        outcomes: { good: [1], bad: [2, 99] },
      };
    case "pgaudit":
      return {
        ...drawn,
        timeStyle: "postgres",
        operationPrefix: "AUDIT:READ.",
        paths: pgauditPaths,
        outcomes: { good: ["LOG"], bad: ["ERROR", "FATAL"] },
      };
  }
}

/** `succeeded` as the map writes it. */
export function succeededBy(format: HiddenFormat, { paths, outcomes }: DoorShape): Record<string, unknown> {
  return { [mapPath(paths.outcome)]: format === "cloudtrail" ? [null] : outcomes.good };
}

/** A path as the data map writes it: dots descend, a key that has a dot or other sign is quoted. */
export function mapPath(keys: readonly string[]): string {
  return keys.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key))).join(".");
}

export function timeValue(random: SeededRandom, { timeStyle }: DoorShape, us: number): unknown {
  if (timeStyle === "milliseconds") return us / 1000;
  if (timeStyle === "postgres") return `${iso(us).replace("T", " ").slice(0, -1)} UTC`;
  return timeStyle === "offset" && random.chance(0.5) ? isoWithOffset(us, random.whole(1, 11)) : iso(us);
}

/** One record's text, without its line end. The same values may be written with other white space and in another order. */
export function recordText(
  format: HiddenFormat,
  shape: DoorShape,
  values: RecordValues,
  random?: SeededRandom,
): string {
  if (format === "csv")
    return csvColumns(shape)
      .map((part) => csvCell(values[part]))
      .join(",");
  if (format === "pgaudit") return csvlogLine(values);
  const parts = random === undefined ? recordParts : random.shuffle(recordParts);
  const record: Record<string, unknown> = {};
  for (const part of parts) {
    if (values[part] !== undefined) place(record, shape.paths[part], values[part]);
  }
  const text = JSON.stringify(record);
  return random === undefined ? text : text.replace(/^\{"/, '{ "').replace(/\}$/, "\t}");
}

function place(record: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) throw new RangeError("a path has at least one key");
  if (rest.length === 0) {
    record[key] = value;
    return;
  }
  const child = record[key];
  const next: Record<string, unknown> = typeof child === "object" && child !== null ? { ...child } : {};
  place(next, rest, value);
  record[key] = next;
}

/** A line of PostgreSQL's csvlog with pgaudit's record in its message. */
function csvlogLine({
  time,
  id,
  actor,
  address,
  session,
  operation,
  outcome,
  sequence,
  host,
  ...said
}: RecordValues): string {
  const { mode, user, users, count } = said;
  const audit = [
    "SESSION",
    "1",
    "1",
    "READ",
    operation,
    "TABLE",
    mode,
    "select …",
    user ?? users ?? "<none>",
    count,
  ];
  const message = `AUDIT: ${(count === undefined ? audit.slice(0, -1) : audit).map(csvCell).join(",")}`;
  const from = typeof address === "string" ? `${address}:5432` : undefined;
  const cells = [
    time,
    actor,
    "shop",
    4711,
    from,
    host,
    sequence,
    "SELECT",
    undefined,
    id,
    0,
    outcome,
    "00000",
    message,
  ];
  return [...cells, ...Array.from({ length: 8 }, () => undefined), session, "client backend", undefined, 0]
    .map(csvCell)
    .join(",");
}

/** In the order of the parts, so that the last ones hold no id and no time. */
function csvColumns(shape: DoorShape): readonly RecordPart[] {
  return recordParts.filter((part) => shape.paths[part].length === 1);
}

function csvCell(value: unknown): string {
  const text =
    value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A record that was not written to its end, so that nobody can take it for a whole one. */
export function tornText(format: HiddenFormat, text: string, random: SeededRandom): string {
  if (!textFormats.has(format)) return text.slice(0, random.whole(1, text.length - 1));
  // Cut at a comma, and where no quote is open: a cell too few, and no line after it is drawn in.
  const commas = Array.from(text.matchAll(/,/g), ({ index }) => index);
  const whole = commas.filter((index) => text.slice(0, index).split('"').length % 2 === 1);
  return text.slice(0, random.pick(whole));
}

/** The first lines of a file, before its records. */
export function headOf(format: HiddenFormat, shape: DoorShape): readonly string[] {
  return format === "csv"
    ? [
        csvColumns(shape)
          .map((part) => csvCell(shape.paths[part][0]))
          .join(","),
      ]
    : [];
}

/** The lines of a document that holds all these records. */
export function documentLines(
  format: HiddenFormat,
  shape: DoorShape,
  records: readonly string[],
): readonly string[] {
  const [open, close] = format === "ocsf" ? ["[", "]"] : ['{"Records":[', "]}"];
  if (shape.layout === "document") return [`${open}${records.join(",")}${close}`];
  return [
    open,
    ...records.map((record, index) => `  ${record}${index < records.length - 1 ? "," : ""}`),
    close,
  ];
}
