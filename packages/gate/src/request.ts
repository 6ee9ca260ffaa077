import { named } from "./fields.ts";
import { GateError, type GatePath } from "./gate-error.ts";
import { parseInstant } from "./instant.ts";

/** What an enforcement point knows of one request. Null: not known. */
export interface GateRequest {
  readonly account: string | null;
  /** The account's ordinal from a token claim, for bundles built by ordinal. */
  readonly ordinal: number | null;
  /** OIDC `auth_time`, in ms. */
  readonly authTimeMs: number | null;
  readonly passwordSetAtMs: number | null;
  /** The `kid` of the key that signed the token. */
  readonly keyId: string | null;
  /** As `cordon gate decide` reads it: `unknown` where nobody says. */
  readonly store: string;
  readonly platform: string | null;
  /** As the client says it; null: not known, which is unreadable. */
  readonly version: string | null;
  readonly offlineEpoch: number;
}

/** The store of an installation that nobody knows. */
export const unknownStore = "unknown";

/**
 * Reads a request as contracts 4 writes it. Missing and null parts are filled in as it says; a version of any other type
 * than text is unreadable. Throws a GateError (ERR_GATE_REQUEST) for a time that can't be read and for a part of a wrong
 * type. Other keys are ignored: a request may say more than a gate knows.
 */
export function parseRequest(value: unknown): GateRequest {
  const request = mapping(value, []);
  const client = "client" in request ? mapping(request["client"] ?? {}, ["client"]) : {};
  const version = client["version"];
  return {
    account: text(request, "account", []),
    ordinal: wholeNumber(request, "ordinal"),
    authTimeMs: instant(request, "authTime"),
    passwordSetAtMs: instant(request, "passwordSetAt"),
    keyId: text(request, "keyId", []),
    store: text(client, "store", ["client"]) ?? unknownStore,
    platform: text(client, "platform", ["client"]),
    version: typeof version === "string" ? version : null,
    offlineEpoch: wholeNumber(request, "offlineEpoch") ?? 0,
  };
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapping(value: unknown, path: GatePath): Mapping {
  if (isMapping(value)) return value;
  throw fail(path, `${named(value)} is no JSON object`, "a JSON object");
}

function text(owner: Mapping, key: string, path: GatePath): string | null {
  const value = owner[key] ?? null;
  if (value === null || typeof value === "string") return value;
  throw fail([...path, key], `\`${key}\` is ${named(value)}`, "text");
}

function wholeNumber(owner: Mapping, key: string): number | null {
  const value = owner[key] ?? null;
  if (value === null) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw fail([key], `\`${key}\` is ${named(value)}`, "a whole number from 0 on");
}

function instant(owner: Mapping, key: string): number | null {
  const value = owner[key] ?? null;
  if (value === null) return null;
  const ms = typeof value === "string" ? parseInstant(value) : null;
  if (ms !== null) return ms;
  throw fail([key], `\`${key}\` is ${named(value)}`, "an RFC 3339 time with `Z`");
}

function fail(path: GatePath, message: string, expected: string): GateError {
  return new GateError("ERR_GATE_REQUEST", path, message, expected);
}
