import type { DatabaseSync } from "node:sqlite";

import { platforms } from "@cordon/model";
import { Provider } from "oidc-provider";
import type {
  AccessToken,
  Client,
  ClientCredentials,
  ClientMetadata,
  KoaContextWithOIDC,
} from "oidc-provider";

import type { Accounts } from "../accounts/accounts.ts";
import type { PasswordCheck } from "../accounts/password-check.ts";
import type { Installations } from "../accounts/installations.ts";
import type { SessionReader } from "../session.ts";
import { clientIdOf, signInGrantType } from "./clients.ts";
import { grantParts } from "./grant-id.ts";
import { oidcAccount, passwordSetAtMsOf } from "./oidc-account.ts";
import { sqliteAdapter } from "./oidc-adapter.ts";
import { apiResourceServer } from "./resource-server.ts";
import { registerSignInGrant } from "./sign-in-grant.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { answerDenied } from "./token-gate.ts";
import type { TokenGate } from "./token-gate.ts";
import { apiAudience, ownClaims } from "./token-claims.ts";
import { loadOwnGrant } from "./web-grant.ts";

interface IdentityProviderOptions {
  readonly database: DatabaseSync;
  readonly accounts: Accounts;
  readonly passwords: PasswordCheck;
  readonly installations: Installations;
  readonly sessions: SessionReader;
  readonly tokenGate: TokenGate;
  readonly keys: SigningKeys;
  readonly cookieSecret: string;
  readonly issuer: string;
  readonly webRedirectUris: readonly string[];
  /** Whether a browser may be sent back there: this service's own player, whose port may not be known yet. */
  readonly isOwnRedirect: (uri: string) => boolean;
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly nowMs: () => number;
}

/** Where oidc-provider answers; the rest of the paths are Overture's. */
export const oidcPaths = [
  "/token",
  "/jwks",
  "/auth",
  "/auth/:uid",
  "/revocation",
  "/userinfo",
  "/session/end",
  "/session/end/confirm",
  "/session/end/success",
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
] as const;

const routes = {
  token: "/token",
  jwks: "/jwks",
  authorization: "/auth",
  revocation: "/revocation",
  userinfo: "/userinfo",
  end_session: "/session/end",
};

const sessionSeconds = 14 * 86_400;
const interactionSeconds = 3600;

function clients(webRedirectUris: readonly string[]): ClientMetadata[] {
  return platforms.map((platform) => {
    const own = {
      client_id: clientIdOf(platform),
      token_endpoint_auth_method: "none" as const,
      require_auth_time: true,
    };
    if (platform !== "web") {
      return {
        ...own,
        grant_types: [signInGrantType, "refresh_token"],
        redirect_uris: [],
        response_types: [],
      };
    }
    return {
      ...own,
      grant_types: [signInGrantType, "refresh_token", "authorization_code"],
      redirect_uris: [...webRedirectUris],
      response_types: ["code"],
    };
  });
}

/** What a token is issued for: a code, or the refresh token before it. */
interface TokenSource {
  readonly kind: string;
  readonly grantId?: string | undefined;
  /** In seconds. */
  readonly authTime?: number | undefined;
}

/** When the person behind the token that is being issued really signed in. */
function authTimeMsOf(ctx: KoaContextWithOIDC): number {
  const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities;
  const authTime = refreshToken?.authTime ?? code?.authTime;
  if (authTime === undefined) throw new TypeError("a token is being issued without a sign-in");
  return Math.round(authTime * 1000);
}

function installationIdOf(grantId: string | undefined): string {
  const parts = grantId === undefined ? null : grantParts(grantId);
  if (parts === null) throw new TypeError("a token is being issued outside of Overture's own grants");
  return parts.installationId;
}

/**
 * Overture's OpenID provider. Access tokens are JWTs that say when the person really signed in (`auth_time`); refresh
 * tokens rotate, and what they bring keeps that time.
 */
export function identityProvider(options: IdentityProviderOptions): Provider {
  const { accounts, tokenGate, keys, nowMs } = options;
  const resourceServer = { keyId: keys.current.kid, accessTokenMs: options.accessTokenMs };

  function extraTokenClaims(ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials) {
    if (token.kind !== "AccessToken") return undefined;
    return ownClaims({
      installationId: installationIdOf(token.grantId),
      authTimeMs: authTimeMsOf(ctx),
      passwordSetAtMs: passwordSetAtMsOf(ctx.oidc.entities.Account),
    });
  }

  function findAccount(ctx: KoaContextWithOIDC, id: string, token?: TokenSource) {
    const account = accounts.find(id);
    if (account === null) return undefined;
    // oidc-provider asks for the account of a code or refresh token before it issues anything: the one place where all grants pass.
    if (ctx.oidc.route === "token" && token !== undefined) {
      tokenGate.admit(ctx, token.kind === "AuthorizationCode" ? "authorization-code" : "refresh", {
        accountId: id,
        clientId: ctx.oidc.client?.clientId ?? "",
        installationId: installationIdOf(token.grantId),
        authTimeMs: Math.round((token.authTime ?? 0) * 1000),
        passwordSetAtMs: account.passwordSetAtMs,
        keyId: keys.current.kid,
      });
    }
    return oidcAccount(account);
  }

  const provider = new Provider(options.issuer, {
    adapter: sqliteAdapter(options.database, nowMs),
    clients: clients(options.webRedirectUris),
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"], userinfoSigningAlgValues: ["ES256"] },
    cookies: { keys: [options.cookieSecret] },
    jwks: { keys: [...keys.jwks] },
    routes,
    scopes: ["openid", "offline_access"],
    ttl: {
      AccessToken: Math.ceil(options.accessTokenMs / 1000),
      RefreshToken: Math.ceil(options.refreshTokenMs / 1000),
      Session: sessionSeconds,
      Grant: sessionSeconds,
      Interaction: interactionSeconds,
      IdToken: interactionSeconds,
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiAudience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => apiResourceServer(resourceServer),
      },
    },
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    loadExistingGrant: (ctx) => loadOwnGrant(ctx, options.installations, nowMs),
    extraTokenClaims,
    findAccount,
  });
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the client it belongs to
  const { redirectUriAllowed } = provider.Client.prototype;
  provider.Client.prototype.redirectUriAllowed = function allowed(this: Client, uri: string): boolean {
    return (
      redirectUriAllowed.call(this, uri) ||
      (this.clientId === clientIdOf("web") && options.isOwnRedirect(uri))
    );
  };
  registerSignInGrant(provider, { ...options, ...resourceServer });
  provider.on("grant.error", answerDenied);
  return provider;
}
