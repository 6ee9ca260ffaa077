import type { FieldName } from "../data-map.ts";
import type { PathTally } from "./path-tally.ts";

/** Names that logs give to a field, the commonest first, in lower case without signs. */
const fieldNameHints: Readonly<Record<FieldName, readonly string[]>> = {
  time: [
    "time",
    "ts",
    "timestamp",
    "eventtime",
    "datetime",
    "logtime",
    "occurredat",
    "loggedat",
    "at",
    "date",
    "t",
    "requesttime",
    "starttime",
    "createdat",
  ],
  id: [
    "eventid",
    "reqid",
    "requestid",
    "id",
    "uuid",
    "uid",
    "correlationid",
    "traceid",
    "messageid",
    "logid",
    "insertid",
  ],
  actor: [
    "actor",
    "principal",
    "arn",
    "caller",
    "subject",
    "sub",
    "username",
    "user",
    "clientid",
    "client",
    "service",
    "serviceaccount",
    "identity",
    "login",
    "operator",
    "principalemail",
    "account",
  ],
  address: [
    "ip",
    "address",
    "sourceipaddress",
    "clientip",
    "remoteip",
    "remoteaddr",
    "sourceip",
    "srcip",
    "ipaddress",
    "clientaddress",
    "remoteaddress",
    "callerip",
    "remotehost",
    "peer",
    "xforwardedfor",
  ],
  session: ["session", "sid", "sessionid", "accesskeyid", "tokenid", "jti", "accesskey", "token"],
  operation: [
    "operation",
    "op",
    "operationname",
    "action",
    "eventname",
    "method",
    "event",
    "api",
    "endpoint",
    "route",
    "command",
    "activity",
    "activityname",
    "eventtype",
    "type",
    "verb",
    "function",
    "rpc",
    "handler",
  ],
  outcome: [
    "outcome",
    "status",
    "statuscode",
    "errorcode",
    "result",
    "success",
    "succeeded",
    "allow",
    "allowed",
    "ok",
    "httpstatus",
    "responsecode",
    "decision",
    "verdict",
    "code",
    "error",
  ],
  sequence: [
    "seq",
    "sequence",
    "sequencenumber",
    "seqno",
    "seqnum",
    "counter",
    "serial",
    "offset",
    "line",
    "index",
  ],
};

/** 1 for a field's commonest name, less for rarer ones, 0 for none of its names. */
export function nameRank(field: FieldName, tally: PathTally): number {
  const index = fieldNameHints[field].indexOf(tally.plainName);
  return index < 0 ? 0 : 1 - index / 40;
}

const accountNames = new Set([
  "accountid",
  "userid",
  "customerid",
  "memberid",
  "subscriberid",
  "subjectid",
  "targetuserid",
  "targetuser",
  "account",
  "user",
  "customer",
  "member",
  "owner",
  "ownerid",
  "uid",
  "userids",
  "accountids",
  "customerids",
  "memberids",
  "ids",
  "accounts",
  "users",
  "customers",
  "members",
  "personid",
  "patientid",
  "profileid",
  "username",
  "usersub",
  "targetaccount",
  "targetaccountid",
  "accountno",
  "accountnumber",
]);

/** True for names that account ids, or lists of them, go by. */
export function isAccountName(plain: string): boolean {
  return accountNames.has(plain);
}

const rowNames = new Set([
  "rows",
  "rowcount",
  "count",
  "total",
  "totalcount",
  "numrows",
  "nrows",
  "returned",
  "resultcount",
  "records",
  "recordcount",
  "hits",
  "size",
  "exported",
  "results",
  "matches",
]);

/** True for names that a number of people, or rows, goes by. */
export function isRowsName(plain: string): boolean {
  return rowNames.has(plain);
}

/** Names of what says something about the line or the machine, not about what was done. */
export function isSurroundings(plain: string): boolean {
  return /^(level|severity|loglevel|host|hostname|node|pod|region|awsregion|env|environment|version|eventversion|logger|thread|useragent|accountid|recipientaccountid|platform|store|market|locale|protocol|scheme)$/.test(
    plain,
  );
}

/** True for operations that sound like signs of life. */
export function isSignOfLife(operation: string): boolean {
  return /(^|[^a-z])(health|healthz|healthcheck|ping|livez?|liveness|readyz?|readiness|heartbeat|metrics)([^a-z]|$)/i.test(
    operation.replace(/([a-z])([A-Z])/g, "$1 $2"),
  );
}

/** What an operation's name says it does; read when it says nothing, which exposes as the others do. */
export function effectOf(operation: string): "read" | "write" | "delete" {
  const [first = ""] =
    operation
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  if (/^(delete|remove|purge|drop|erase|truncate)$/.test(first)) return "delete";
  if (/^(create|insert|update|put|write|set|patch|add|change|reset|upsert)$/.test(first)) return "write";
  return "read";
}
