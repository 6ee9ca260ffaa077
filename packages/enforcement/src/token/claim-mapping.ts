import { unknownStore } from "@cordon/gate";
import type { GateRequest } from "@cordon/gate";
import { parseInstant } from "@cordon/model";

/** Where a claim stands: its name, or the names on the way down to it. A name is taken as it stands, dots and all. */
export type ClaimPath = readonly string[];

/** What the service knows of a client by the token's client id. Null: it does not say. */
export interface KnownClient {
  readonly platform: string | null;
  readonly store: string | null;
  readonly version: string | null;
}

/** Which claims of a token say what a gate asks for; null: none does. */
export interface ClaimMapping {
  /** The account's id as the directory has it (`sub`). */
  readonly account: ClaimPath;
  /** When the person last signed in (OIDC `auth_time`): NumericDate (RFC 7519) or RFC 3339 with `Z`. */
  readonly authTime: ClaimPath;
  readonly passwordSetAt: ClaimPath | null;
  readonly ordinal: ClaimPath | null;
  /** The client id (`azp`, `client_id`), looked up in `clients`. */
  readonly client: ClaimPath | null;
  readonly clients: ReadonlyMap<string, KnownClient>;
  /** For tokens that name the client's parts themselves. What `clients` says goes before. */
  readonly platform: ClaimPath | null;
  readonly store: ClaimPath | null;
  readonly version: ClaimPath | null;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * What a verified token says, as the gate's request. A claim that is missing or can't be read counts as missing, which is older
 * than any cutoff and vouches for no client; `onUnreadable` is told.
 */
export function requestOfClaims(
  claims: Claims,
  keyId: string | null,
  mapping: ClaimMapping,
  onUnreadable: () => void,
): GateRequest {
  const read = <T>(path: ClaimPath | null, as: (value: unknown) => T | null): T | null => {
    const value = path === null ? null : claimAt(claims, path);
    if (value === null) return null;
    const found = as(value);
    if (found === null) onUnreadable();
    return found;
  };
  const clientId = read(mapping.client, asText);
  const known = clientId === null ? undefined : mapping.clients.get(clientId);
  return {
    account: read(mapping.account, asText),
    ordinal: read(mapping.ordinal, asWholeNumber),
    authTimeMs: read(mapping.authTime, asTimeMs),
    passwordSetAtMs: read(mapping.passwordSetAt, asTimeMs),
    keyId,
    platform: known?.platform ?? read(mapping.platform, asText),
    store: known?.store ?? read(mapping.store, asText) ?? unknownStore,
    version: known?.version ?? read(mapping.version, asText),
    offlineEpoch: 0,
  };
}

/** Null when it is not there. */
export function claimAt(claims: Claims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Claims)[name];
  }
  return value ?? null;
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function asWholeNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Milliseconds of a NumericDate (seconds, also with a fraction) or of an RFC 3339 time with `Z`; null for anything else. */
export function asTimeMs(value: unknown): number | null {
  if (typeof value === "string") return parseInstant(value);
  if (typeof value !== "number" || !(value >= 0) || value > secondsMax) return null;
  return Math.floor(value * 1000);
}

/** Year 2286: a greater number is milliseconds that somebody wrote for seconds, and is not guessed at. */
const secondsMax = 9_999_999_999;
