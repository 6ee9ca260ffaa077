import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The header in which a proxy shows that it is one. */
export const proxySecretHeader = "cordon-proxy-secret";

/** A secret that proxy and gate share, so that nobody else's identity headers are believed. */
export class ProxySecret {
  readonly #digest: Buffer;

  constructor(secret: string) {
    this.#digest = digest(secret);
  }

  isShownBy(headers: IncomingHttpHeaders): boolean {
    const shown = headers[proxySecretHeader];
    return typeof shown === "string" && timingSafeEqual(digest(shown), this.#digest);
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
