import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey } from "jose";
import { onTestFinished } from "vitest";

export const issuerUrl = "https://id.example";
export const audience = "music";

interface IssuerKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}

export async function issuerKey(id: string, algorithm = "ES256"): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { id, privateKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: algorithm } };
}

/** A token as the issuer makes it; `header` and `claims` go over what it says by default. */
export function signToken(
  key: IssuerKey,
  claims: Record<string, unknown>,
  header: { readonly alg?: string; readonly kid?: string; readonly typ?: string } = {},
): Promise<string> {
  return new SignJWT({ iss: issuerUrl, aud: audience, ...claims })
    .setProtectedHeader({ alg: "ES256", kid: key.id, ...header })
    .sign(key.privateKey);
}

/** The host of a key set, which can be down. */
export class KeyHost {
  keys: readonly object[] = [];
  down = false;
  asked = 0;
  url = "";
  readonly #server = createServer((_request, response) => {
    this.asked += 1;
    if (this.down) response.writeHead(500).end();
    else response.end(JSON.stringify({ keys: this.keys }));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks.json`;
    onTestFinished(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return this;
  }
}
