import type { ResourceServer } from "oidc-provider";

import { apiScope } from "./clients.ts";
import { apiAudience } from "./token-claims.ts";

export interface ResourceServerOptions {
  /** The key that signs access tokens. */
  readonly keyId: string;
  readonly accessTokenMs: number;
}

/** Overture's API as oidc-provider sees it: its access tokens are JWTs that any instance verifies alone. */
export function apiResourceServer(options: ResourceServerOptions): ResourceServer {
  return {
    scope: apiScope,
    audience: apiAudience,
    accessTokenTTL: Math.ceil(options.accessTokenMs / 1000),
    accessTokenFormat: "jwt",
    jwt: { sign: { alg: "ES256", kid: options.keyId } },
  };
}
