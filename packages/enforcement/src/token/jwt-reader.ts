import { errors, jwtVerify } from "jose";
import type { JWTPayload } from "jose";

import { EnforcementError } from "../errors.ts";
import { KeysUnavailable } from "./token-keys.ts";
import type { TokenKeys } from "./token-keys.ts";

/** Signatures by a private key whose public half a key set may publish. No `none`, and no HS*: those keys are secrets. */
export const tokenAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

export interface JwtReaderOptions {
  readonly keys: TokenKeys;
  readonly issuer: string;
  /** The token must name one of them. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  /** How far the issuer's clock may be off. */
  readonly clockToleranceMs: number;
  /** The header's `typ` that a token must have (`at+jwt` of RFC 9068); null: any. */
  readonly type: string | null;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** What became of a token. `invalid`: it is not the issuer's, not for this service, or over. */
export type TokenRead =
  | { readonly kind: "valid"; readonly claims: JWTPayload; readonly keyId: string | null }
  | { readonly kind: "invalid" }
  | { readonly kind: "keys-unavailable" };

/** Verifies the service's own tokens: JWTs by the issuer's public keys. */
export class JwtReader {
  readonly #options: JwtReaderOptions;

  /** Throws an EnforcementError for an algorithm that proves nothing with public keys. */
  constructor(options: JwtReaderOptions) {
    const odd = options.algorithms.find((algorithm) => !isTokenAlgorithm(algorithm));
    if (odd !== undefined || options.algorithms.length === 0) {
      const message = odd === undefined ? "no algorithm for tokens" : `\`${odd}\` is no algorithm for tokens`;
      throw new EnforcementError("ERR_ENFORCEMENT_OPTION", message);
    }
    this.#options = options;
  }

  async read(token: string): Promise<TokenRead> {
    const { keys, issuer, audience, algorithms, clockToleranceMs, type, nowMs } = this.#options;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: Math.ceil(clockToleranceMs / 1000),
        currentDate: new Date(nowMs()),
        ...(type === null ? {} : { typ: type }),
      });
      return { kind: "valid", claims: payload, keyId: protectedHeader.kid ?? null };
    } catch (error) {
      if (error instanceof KeysUnavailable) return { kind: "keys-unavailable" };
      // A TypeError is what a token of an odd shape makes of a key.
      if (error instanceof errors.JOSEError || error instanceof TypeError) return { kind: "invalid" };
      throw error;
    }
  }
}

export function isTokenAlgorithm(name: string): name is TokenAlgorithm {
  return tokenAlgorithms.some((algorithm) => algorithm === name);
}
