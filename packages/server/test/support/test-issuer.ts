import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { generateKeyPairSync } from "node:crypto";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

export interface Person {
  readonly name: string;
  readonly groups: readonly string[];
}

export const clientId = "cordon";
export const clientSecret = "a-client-secret-of-a-test";

/** A real OpenID provider on 127.0.0.1. What it answers passes through a place where it can be changed on its way. */
export class TestIssuer {
  readonly people = new Map<string, Person>();
  /** Changes what the token endpoint answers, as who sits between the servers could. */
  onTokens: (answer: Record<string, unknown>) => Record<string, unknown> = (answer) => answer;
  readonly #front: Server;
  #back: Server | null = null;
  url = "";

  private constructor() {
    this.#front = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  }

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    issuer.url = `http://127.0.0.1:${await portOf(issuer.#front)}`;
    return issuer;
  }

  /** `redirectUri`: the one way back that the client registered. */
  async serve(redirectUri: string): Promise<void> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = { ...privateKey.export({ format: "jwk" }), kid: "test", alg: "ES256", use: "sig" };
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [redirectUri],
          id_token_signed_response_alg: "ES256",
        },
      ],
      jwks: { keys: [key] },
      claims: { openid: ["sub", "groups"], profile: ["name"] },
      conformIdTokenClaims: false,
      cookies: { keys: ["a-cookie-key-of-a-test"] },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true } },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.people.get(sub), groups: [...(this.people.get(sub)?.groups ?? [])] }),
      }),
    });
    const handle = provider.callback();
    this.#back = createServer((incoming, outgoing) => void handle(incoming, outgoing));
    await portOf(this.#back);
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const address = this.#back?.address();
    if (address === null || address === undefined || typeof address === "string") {
      outgoing.writeHead(503).end();
      return;
    }
    const { method = "GET", url = "/", headers } = incoming;
    const onward = request({ host: "127.0.0.1", port: address.port, method, path: url, headers });
    incoming.pipe(onward);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const status = answer.statusCode ?? 500;
    if (url !== "/token" || status !== 200) {
      outgoing.writeHead(status, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const changed = this.onTokens(JSON.parse(await text(answer)) as Record<string, unknown>);
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(changed));
  }

  close(): void {
    for (const server of [this.#front, this.#back]) {
      server?.closeAllConnections();
      server?.close();
    }
  }
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** An id token with other claims and the signature of before. */
export function forged(idToken: string, change: (claims: Record<string, unknown>) => object): string {
  const [head = "", body = "", signature = ""] = idToken.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const other = Buffer.from(JSON.stringify({ ...claims, ...change(claims) })).toString("base64url");
  return [head, other, signature].join(".");
}

/** The same claims under `alg: none`. */
export function unsigned(idToken: string, change: (claims: Record<string, unknown>) => object): string {
  const [, body = ""] = forged(idToken, change).split(".");
  const head = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  return `${head}.${body}.`;
}
