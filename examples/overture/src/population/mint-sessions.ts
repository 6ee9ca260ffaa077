import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

import type { Platform } from "@cordon/model";

import { apiScope, clientIdOf, signInGrantType } from "../identity/clients.ts";
import { grantIdOf } from "../identity/grant-id.ts";
import type { SigningKeys } from "../identity/signing-keys.ts";
import { apiAudience, mintAccessToken } from "../identity/token-claims.ts";
import { SessionFileWriter } from "./session-file.ts";
import { insertAll } from "./transaction.ts";

/** A session that began before the drill: somebody signed in on an installation at `authTimeMs` and stayed. */
export interface SessionSeed {
  readonly accountId: string;
  readonly installationId: string;
  readonly platform: Platform;
  readonly authTimeMs: number;
  readonly passwordSetAtMs: number;
}

export interface MintOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly nowMs: number;
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  /** Where the tokens go, for the clients: see `SessionFile`. Session n is the n-th of the iterable, from 0. */
  readonly file: string;
}

/**
 * Makes sessions as oidc-provider would have: a refresh token in the database and an access token beside it, both with
 * the session's `auth_time` in the past. Takes the iterable one by one. Returns how many were made.
 */
export function mintSessions(
  database: DatabaseSync,
  sessions: Iterable<SessionSeed>,
  options: MintOptions,
): number {
  const insert = database.prepare("INSERT INTO oidc VALUES ('RefreshToken', ?, ?, ?, NULL, ?, NULL, ?)");
  const writer = new SessionFileWriter(options.file);
  try {
    return insertAll(database, sessions, (session) => {
      const { accountId, installationId } = session;
      const clientId = clientIdOf(session.platform);
      const grantId = grantIdOf({ accountId, clientId, installationId });
      const refreshToken = randomBytes(32).toString("base64url");
      const issuedAt = Math.floor(session.authTimeMs / 1000);
      const payload = {
        iat: issuedAt,
        exp: Math.floor((options.nowMs + options.refreshTokenMs) / 1000),
        iiat: issuedAt,
        jti: refreshToken,
        kind: "RefreshToken",
        gty: signInGrantType,
        accountId,
        clientId,
        grantId,
        authTime: session.authTimeMs / 1000,
        resource: apiAudience,
        scope: apiScope,
        rotations: 0,
      };
      insert.run(
        refreshToken,
        accountId,
        grantId,
        JSON.stringify(payload),
        options.nowMs + options.refreshTokenMs,
      );
      const accessToken = mintAccessToken(options.keys, {
        issuer: options.issuer,
        accountId,
        clientId,
        installationId,
        authTimeMs: session.authTimeMs,
        passwordSetAtMs: session.passwordSetAtMs,
        issuedAtMs: options.nowMs,
        expiresAtMs: options.nowMs + options.accessTokenMs,
        scope: apiScope,
      });
      writer.append({ accessToken, refreshToken });
    });
  } finally {
    writer.close();
  }
}
