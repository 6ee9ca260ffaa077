import { randomBytes } from "node:crypto";

import { signJwt } from "./signing-keys.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Overture's issuer identifier: the same for all instances, whatever their ports. */
export const defaultIssuer = "https://overture.example";
/** What Overture's access tokens are for. */
export const apiAudience = "urn:overture:api";
export const accessTokenType = "at+jwt";

/** What an access token says (RFC 9068), as the rest of Overture reads it. */
export interface AccessTokenClaims {
  readonly accountId: string;
  readonly clientId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
  readonly keyId: string;
  readonly expiresAtMs: number;
}

interface AccessTokenInput {
  readonly issuer: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly installationId: string;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly scope: string;
}

/**
 * Claims that Overture adds to the standard ones. Both times are seconds with a fraction (RFC 7519 NumericDate): with
 * whole seconds, somebody who signs in again in the very second of a cutoff would be asked twice.
 */
export function ownClaims(
  input: Pick<AccessTokenInput, "installationId" | "authTimeMs" | "passwordSetAtMs">,
) {
  return {
    inst: input.installationId,
    auth_time: input.authTimeMs / 1000,
    pwd_at: input.passwordSetAtMs / 1000,
  };
}

/** The token that oidc-provider would have issued: for sessions that began before the drill does. */
export function mintAccessToken(keys: SigningKeys, input: AccessTokenInput): string {
  return signJwt(keys, accessTokenType, {
    ...ownClaims(input),
    jti: randomBytes(16).toString("base64url"),
    sub: input.accountId,
    iat: Math.floor(input.issuedAtMs / 1000),
    exp: Math.floor(input.expiresAtMs / 1000),
    scope: input.scope,
    client_id: input.clientId,
    iss: input.issuer,
    aud: apiAudience,
  });
}
