import { LakeError } from "../errors.ts";

/** A database of a ClickHouse server that holds a lake, or is to. */
export interface ClickHouseTarget {
  /** The server's HTTP interface: `http://host:port`. */
  readonly httpUrl: string;
  readonly user: string;
  readonly database: string;
  /** What the operator typed, for messages; it holds no password. */
  readonly name: string;
}

export interface ClickHouseLake {
  readonly target: ClickHouseTarget;
  /** Empty for a user without one. */
  readonly password: string;
}

const httpPort = 8123;
const httpsPort = 8443;
const expected = "expected `clickhouse://user@host:8123/database`, or `clickhouses://` for TLS";

export function isClickHouseUrl(text: string): boolean {
  return /^clickhouses?:\/\//.test(text);
}

/**
 * Reads `clickhouse://[user@]host[:port]/database` (HTTP, port 8123) or `clickhouses://…` (HTTPS, port 8443). Throws
 * LakeError ERR_LAKE_ADDRESS, also for a password: other users of the machine see a command line.
 */
export function parseClickHouseUrl(text: string): ClickHouseTarget {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    // The text may hold a password, so it is not repeated.
    throw new LakeError("ERR_LAKE_ADDRESS", `the lake's address is no URL, ${expected}`, { cause: error });
  }
  if (url.password !== "") {
    throw new LakeError(
      "ERR_LAKE_ADDRESS",
      `the lake's address holds a password, which others can see, expected one without`,
      { hint: "give the password in CORDON_CLICKHOUSE_PASSWORD" },
    );
  }
  const secure = url.protocol === "clickhouses:";
  const database = decode(url.pathname.replace(/^\//, ""));
  if ((!secure && url.protocol !== "clickhouse:") || url.hostname === "" || !/^[^/\s]+$/.test(database))
    throw new LakeError("ERR_LAKE_ADDRESS", `\`${text}\` names no database, ${expected}`);
  if (url.search !== "" || url.hash !== "")
    throw new LakeError("ERR_LAKE_ADDRESS", `\`${text}\` has more than an address, ${expected}`);
  const port = url.port === "" ? (secure ? httpsPort : httpPort) : url.port;
  return {
    httpUrl: `${secure ? "https" : "http"}://${url.hostname}:${port}`,
    user: url.username === "" ? "default" : decode(url.username),
    database,
    name: text,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new LakeError("ERR_LAKE_ADDRESS", `\`${text}\` is no percent-encoded text, ${expected}`, {
      cause: error,
    });
  }
}
