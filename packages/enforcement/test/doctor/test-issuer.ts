import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** What the provider writes as `auth_time` into access tokens. */
export type AuthTimeStyle = "sign-in" | "token" | "account" | "none";

const redirectUri = "https://app.example/callback";
const audience = "urn:example:api";

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A real OpenID provider on loopback, with people who sign in by name alone, and the browser of one of them. */
export class TestIssuer {
  readonly url: string;
  readonly #server: Server;
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(style: AuthTimeStyle): Promise<TestIssuer> {
    let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
    const server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const provider = providerOf(url, style);
    const callback = provider.callback();
    answer = (request, response) => {
      const account = /^\/sign-in\/[^?]+\?account=(.+)$/.exec(request.url ?? "")?.[1];
      if (account === undefined) void callback(request, response);
      else {
        void provider.interactionFinished(request, response, {
          login: { accountId: decodeURIComponent(account) },
        });
      }
    };
    return new TestIssuer(server, url);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Signs in by authorization code and PKCE, asked for the password again when the session would do. */
  async signIn(account: string, clientId = "app-android"): Promise<Tokens> {
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: "openid",
      prompt: "login",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    let response = await this.#go(`${this.url}/auth?${query.toString()}`);
    for (let hops = 0; hops < 6; hops++) {
      const location = new URL(response.headers.get("location") ?? "", this.url);
      const code = location.searchParams.get("code");
      if (code !== null) {
        return this.#token({
          grant_type: "authorization_code",
          client_id: clientId,
          redirect_uri: redirectUri,
          code,
          code_verifier: verifier,
        });
      }
      if (location.pathname.startsWith("/sign-in/"))
        location.search = `?account=${encodeURIComponent(account)}`;
      response = await this.#go(location.href);
    }
    throw new Error("the sign-in did not end");
  }

  refresh({ refresh_token }: Tokens, clientId = "app-android"): Promise<Tokens> {
    return this.#token({ grant_type: "refresh_token", client_id: clientId, refresh_token });
  }

  async #token(form: Record<string, string>): Promise<Tokens> {
    const response = await fetch(`${this.url}/token`, { method: "POST", body: new URLSearchParams(form) });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as Tokens;
  }

  async #go(url: string): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        cookie: sent.map(([name, { value }]) => `${name}=${value}`).join("; "),
        accept: "text/html",
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, { value, path: /path=([^;]+)/.exec(cookie)?.[1] ?? "/" });
    }
    return response;
  }
}

function providerOf(issuer: string, style: AuthTimeStyle): Provider {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...privateKey.export({ format: "jwk" }), kid: "key-1", alg: "ES256", use: "sig" };
  const client = (clientId: string) => ({
    client_id: clientId,
    token_endpoint_auth_method: "none" as const,
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: [redirectUri],
    response_types: ["code" as const],
  });
  return new Provider(issuer, {
    clients: [client("app-android"), client("app-web")],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    cookies: { keys: ["for tests"] },
    jwks: { keys: [jwk] },
    claims: { openid: ["sub"], auth_time: null },
    scopes: ["openid"],
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "play",
          audience,
          accessTokenTTL: 3600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256", kid: "key-1" } },
        }),
      },
    },
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    issueRefreshToken: () => true,
    loadExistingGrant: async (ctx) => {
      const { account, client: known, provider } = ctx.oidc;
      const grant = new provider.Grant({
        accountId: account?.accountId ?? "",
        clientId: known?.clientId ?? "",
      });
      grant.addOIDCScope("openid");
      grant.addResourceScope(audience, "play");
      await grant.save();
      return grant;
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (ctx) => {
      const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities;
      const signedIn = refreshToken?.authTime ?? code?.authTime;
      switch (style) {
        case "sign-in":
          return { auth_time: signedIn };
        case "token":
          return { auth_time: Math.floor(Date.now() / 1000) };
        case "account":
          return { auth_time: 1_400_000_000 };
        case "none":
          return {};
      }
    },
  });
}
