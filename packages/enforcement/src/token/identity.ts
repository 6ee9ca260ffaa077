import type { IncomingHttpHeaders } from "node:http";

import type { GuardedRequest } from "../guarded-request.ts";
import { tokenOf } from "./bearer-token.ts";
import type { TokenPlace } from "./bearer-token.ts";
import { requestOfClaims } from "./claim-mapping.ts";
import type { ClaimMapping } from "./claim-mapping.ts";
import { claimedByHeaders } from "./client-headers.ts";
import type { ClientHeaders } from "./client-headers.ts";
import type { JwtReader } from "./jwt-reader.ts";

/** Whose request it is. */
export type Identity =
  | { readonly kind: "known"; readonly guarded: GuardedRequest }
  /** It carries no token. */
  | { readonly kind: "none" }
  /** It carries one that is not the issuer's, not for this service, or over. */
  | { readonly kind: "invalid" }
  /** Whether its token is genuine can't be said now. */
  | { readonly kind: "unknown" };

/** Finds out whose request it is, by its headers alone. */
export type IdentityReader = (headers: IncomingHttpHeaders) => Promise<Identity>;

interface TokenIdentityOptions {
  readonly reader: JwtReader;
  readonly places: readonly TokenPlace[];
  readonly mapping: ClaimMapping;
  readonly clientHeaders: ClientHeaders;
  /** Counts by a plain word. */
  readonly count: (name: string) => void;
}

/** By the service's own token. */
export function identityByToken(options: TokenIdentityOptions): IdentityReader {
  const { reader, places, mapping, clientHeaders, count } = options;
  return async (headers) => {
    const token = tokenOf(headers, places);
    if (token === null) return { kind: "none" };
    const read = await reader.read(token);
    if (read.kind === "invalid") return { kind: "invalid" };
    if (read.kind === "keys-unavailable") return { kind: "unknown" };
    const request = requestOfClaims(read.claims, read.keyId, mapping, () => count("token.claim-unreadable"));
    return { kind: "known", guarded: { request, claimed: claimedByHeaders(headers, clientHeaders) } };
  };
}
