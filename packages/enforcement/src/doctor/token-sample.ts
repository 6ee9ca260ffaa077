import { InputError, isJsonObject, parseInstant, type JsonObject } from "@cordon/model";

/** One access token of a service, as far as the doctor looks at it. */
export interface TokenSample {
  /** From 1, for messages: nothing else of a token is ever shown. */
  readonly line: number;
  readonly claims: JsonObject;
  /** Of the JWT's header; null where only claims were given or the header does not say. */
  readonly keyId: string | null;
  /** The token in its compact form, for the signature; null where only claims were given. */
  readonly token: string | null;
  /** When it was seen, in ms. */
  readonly atMs: number | null;
  /** What tokens of one session share. */
  readonly session: string | null;
  /** The `jti` or `id` of the token whose refresh brought this one. */
  readonly refreshOf: string | null;
  readonly id: string | null;
  /** The line says that a real sign-in, with the password asked for, brought this token. */
  readonly signIn: boolean;
}

export const tokenCharsMax = 16 * 1024;

/**
 * Reads one line: a JWT, the decoded claims as a JSON object, or `{"token"|"claims", "at", "session", "refreshOf", "id",
 * "signIn"}`. Throws an InputError that never quotes the line.
 */
export function parseTokenLine(line: string, number: number): TokenSample {
  const text = line.trim();
  if (!text.startsWith("{")) {
    const more = { session: null, refreshOf: null, id: null, atMs: null, signIn: false };
    return sample(number, readToken(text.replace(/^bearer +/i, "")), more);
  }
  const record = parseJson(text);
  if (!isJsonObject(record)) throw new InputError([], "no JSON object", "a JWT or a JSON object");
  const wrapped = typeof record["token"] === "string" || isJsonObject(record["claims"]);
  if (!wrapped) {
    const more = { session: null, refreshOf: null, id: null, atMs: null, signIn: false };
    return sample(number, { claims: record, keyId: null, token: null }, more);
  }
  const { token, claims } = record;
  const read =
    typeof token === "string"
      ? readToken(token)
      : { claims: isJsonObject(claims) ? claims : {}, keyId: textOf(record, "kid"), token: null };
  return sample(number, read, {
    atMs: instant(record, "at"),
    session: textOf(record, "session"),
    refreshOf: textOf(record, "refreshOf"),
    id: textOf(record, "id"),
    signIn: record["signIn"] === true,
  });
}

type Read = Pick<TokenSample, "claims" | "keyId" | "token">;
type More = Pick<TokenSample, "atMs" | "session" | "refreshOf" | "id" | "signIn">;

/** The names under which providers keep what the tokens of one session share. */
const sessionClaims = ["sid", "session_state", "origin_jti"];

function sample(line: number, read: Read, more: More): TokenSample {
  const { claims } = read;
  const session = sessionClaims.map((name) => claims[name]).find((value) => typeof value === "string");
  const jti = claims["jti"];
  return {
    line,
    ...read,
    ...more,
    session: more.session ?? (typeof session === "string" ? session : null),
    id: more.id ?? (typeof jti === "string" ? jti : null),
  };
}

function readToken(token: string): Read {
  if (token.length > tokenCharsMax) {
    throw new InputError([], `a token over ${tokenCharsMax} characters`, "an access token");
  }
  const parts = token.split(".");
  if (parts.length === 5) {
    throw new InputError([], "an encrypted token", "a signed JWT, or its decoded claims as JSON");
  }
  const header = decodePart(parts[0]);
  const claims = decodePart(parts[1]);
  if (parts.length !== 3 || header === null || claims === null) {
    const expected = "a JWT (of an opaque token: what introspection says, as a JSON object)";
    throw new InputError([], "no JWT", expected);
  }
  const { kid } = header;
  return { claims, keyId: typeof kid === "string" ? kid : null, token };
}

function decodePart(part: string | undefined): JsonObject | null {
  if (part === undefined || !/^[A-Za-z0-9_-]+$/.test(part)) return null;
  const value = tryJson(Buffer.from(part, "base64url").toString("utf8"));
  return isJsonObject(value) ? value : null;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: the caller says what it is that it is not. The engine's words would quote the token.
    return undefined;
  }
}

function parseJson(text: string): unknown {
  const value = tryJson(text);
  if (value === undefined) throw new InputError([], "not JSON", "a JWT or a JSON object");
  return value;
}

function textOf(record: JsonObject, key: string): string | null {
  const value = record[key] ?? null;
  if (value === null || typeof value === "string") return value;
  throw new InputError([key], `\`${key}\` is no text`, "text");
}

function instant(record: JsonObject, key: string): number | null {
  const value = record[key] ?? null;
  if (value === null) return null;
  const ms = typeof value === "string" ? parseInstant(value) : null;
  if (ms !== null) return ms;
  throw new InputError([key], `\`${key}\` is no time`, "an RFC 3339 time with `Z`");
}
