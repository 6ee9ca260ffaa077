import { errors } from "oidc-provider";
import type { Provider, TokenEndpointGrantContext } from "oidc-provider";

import type { PasswordCheck } from "../accounts/password-check.ts";
import type { Installations } from "../accounts/installations.ts";
import type { SessionReader } from "../session.ts";
import { buildHeader } from "./build-attestation.ts";
import { apiScope, platformOf, signInGrantType } from "./clients.ts";
import { grantIdOf } from "./grant-id.ts";
import type { TokenGate } from "./token-gate.ts";
import { apiAudience } from "./token-claims.ts";
import { apiResourceServer } from "./resource-server.ts";
import type { ResourceServerOptions } from "./resource-server.ts";
import { oidcAccount } from "./oidc-account.ts";

const parameters = ["username", "password", "installation"] as const;
type SignInParameters = Partial<Record<(typeof parameters)[number], string>>;

const charsMax = { username: 320, password: 1024, installation: 64 };
const installationPattern = /^[A-Za-z0-9._:-]+$/;

function parameter(params: SignInParameters, name: (typeof parameters)[number]): string {
  const value = params[name];
  if (value === undefined || value === "" || value.length > charsMax[name]) {
    throw new errors.InvalidRequest(`\`${name}\` must be 1 to ${charsMax[name]} characters`);
  }
  return value;
}

/** Set by this service itself on each request to the provider, whatever the client sent: whose address it comes from. */
export const addressHeader = "x-overture-address";

function tooManyGuesses(ctx: TokenEndpointGrantContext, retryAfterSeconds: number): Error {
  ctx.set("retry-after", String(retryAfterSeconds));
  const error = new errors.CustomOIDCProviderError(
    "too_many_attempts",
    "too many wrong passwords: wait a while",
  );
  error.statusCode = 429;
  return error;
}

interface SignInGrantOptions extends ResourceServerOptions {
  readonly passwords: PasswordCheck;
  readonly installations: Installations;
  readonly sessions: SessionReader;
  readonly tokenGate: TokenGate;
  readonly nowMs: () => number;
}

/**
 * The grant by which Overture's own apps sign in: account name (e-mail address), password and installation for an
 * access token and a refresh token whose `auth_time` is this moment.
 */
export function registerSignInGrant(provider: Provider, options: SignInGrantOptions): void {
  const { passwords, installations, sessions, tokenGate, nowMs } = options;

  async function signIn(ctx: TokenEndpointGrantContext<SignInParameters>): Promise<void> {
    const { client, params } = ctx.oidc;
    const clientId = client.clientId;
    const platform = platformOf(clientId);
    if (platform === null) throw new errors.InvalidRequest(`client \`${clientId}\` is no app of Overture`);
    const username = parameter(params, "username");
    const password = parameter(params, "password");
    const installationId = parameter(params, "installation");
    if (!installationPattern.test(installationId))
      throw new errors.InvalidRequest("`installation` is malformed");

    const address = ctx.get(addressHeader);
    const verdict = await passwords.try({ email: username, password, address, installationId });
    if (verdict.kind === "blocked") throw tooManyGuesses(ctx, verdict.retryAfterSeconds);
    if (verdict.kind === "wrong") throw new errors.InvalidGrant("the account name or the password is wrong");
    const { account } = verdict;
    // Whoever sets a password and signs in at once is past the ending of their sessions, which counts for its whole millisecond.
    const signedInAtMs = nowMs() + 1;
    const build = sessions.build(platform, ctx.get(buildHeader) || undefined);
    const seen = { platform, store: build?.store ?? "unknown", version: build?.version ?? "" };
    if (!installations.claim(installationId, account.id, seen, signedInAtMs)) {
      throw new errors.InvalidGrant("the installation is not this account's");
    }
    tokenGate.admit(ctx, "sign-in", {
      accountId: account.id,
      clientId,
      installationId,
      authTimeMs: signedInAtMs,
      passwordSetAtMs: account.passwordSetAtMs,
      keyId: options.keyId,
    });

    const grantId = grantIdOf({ accountId: account.id, clientId, installationId });
    const source = { accountId: account.id, client, grantId, gty: signInGrantType, scope: apiScope };
    const refreshToken = new provider.RefreshToken({
      ...source,
      authTime: signedInAtMs / 1000,
      resource: apiAudience,
      rotations: 0,
    });
    ctx.oidc.entity("RefreshToken", refreshToken);
    ctx.oidc.entity("Account", oidcAccount(account));
    const accessToken = new provider.AccessToken({ ...source, expiresWithSession: false });
    accessToken.resourceServer = new provider.ResourceServer(apiAudience, apiResourceServer(options));
    ctx.oidc.entity("AccessToken", accessToken);
    ctx.body = {
      access_token: await accessToken.save(),
      expires_in: accessToken.expiration,
      refresh_token: await refreshToken.save(),
      scope: apiScope,
      token_type: "Bearer",
    };
  }

  provider.registerGrantType<SignInParameters>(signInGrantType, signIn, parameters);
}
