import { verify } from "node:crypto";

import { isJsonObject } from "@cordon/model";

import type { SigningKeys } from "./signing-keys.ts";
import { accessTokenType, apiAudience } from "./token-claims.ts";
import type { AccessTokenClaims } from "./token-claims.ts";

const tokenCharsMax = 4096;

interface AccessTokenVerifierOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  /** How many verified tokens are remembered, so that the next request of the same session costs no signature check. */
  readonly cachedMax: number;
}

/** Verifies Overture's access tokens: JWT by ES256, `at+jwt` (RFC 9068). */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions;
  readonly #cache = new Map<string, AccessTokenClaims>();

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options;
  }

  /** Null for a token that is malformed, foreign or expired at `nowMs`. */
  verify(token: string, nowMs: number): AccessTokenClaims | null {
    const known = this.#cache.get(token);
    if (known !== undefined) {
      if (known.expiresAtMs > nowMs) return known;
      this.#cache.delete(token);
      return null;
    }
    if (token.length > tokenCharsMax) return null;
    const claims = this.#check(token);
    if (claims === null || claims.expiresAtMs <= nowMs) return null;
    if (this.#cache.size >= this.#options.cachedMax) this.#forgetOldest();
    this.#cache.set(token, claims);
    return claims;
  }

  #forgetOldest(): void {
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      return;
    }
  }

  #check(token: string): AccessTokenClaims | null {
    const [header, payload, signature, ...rest] = token.split(".");
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
      return null;
    const { alg, typ, kid } = decode(header) ?? {};
    if (alg !== "ES256" || typ !== accessTokenType || typeof kid !== "string") return null;
    const key = this.#options.keys.publicKeys.get(kid);
    if (key === undefined) return null;
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, "base64url");
    if (!verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, bytes)) return null;
    return this.#claims(kid, decode(payload) ?? {});
  }

  #claims(keyId: string, claims: Readonly<Record<string, unknown>>): AccessTokenClaims | null {
    const {
      iss,
      aud,
      sub,
      client_id: clientId,
      inst,
      auth_time: authTime,
      pwd_at: passwordSetAt,
      exp,
    } = claims;
    if (iss !== this.#options.issuer || aud !== apiAudience) return null;
    if (typeof sub !== "string" || typeof clientId !== "string" || typeof inst !== "string") return null;
    if (typeof authTime !== "number" || typeof passwordSetAt !== "number" || typeof exp !== "number")
      return null;
    return {
      accountId: sub,
      clientId,
      installationId: inst,
      authTimeMs: Math.round(authTime * 1000),
      passwordSetAtMs: Math.round(passwordSetAt * 1000),
      keyId,
      expiresAtMs: exp * 1000,
    };
  }
}

function decode(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isJsonObject(value) ? value : null;
  } catch {
    // Not JSON: not a token of ours. The caller answers as to any other token it does not know.
    return null;
  }
}
