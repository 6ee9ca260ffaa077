import type { IncomingHttpHeaders } from "node:http";

import type { ClientClaims } from "../guarded-request.ts";
import { headerText } from "./bearer-token.ts";

/** Headers in which a client says what it is; null: it is not asked. Names are in lower case. */
export interface ClientHeaders {
  readonly platform: string | null;
  readonly store: string | null;
  readonly version: string | null;
}

/** Longest claim that is looked at; a longer one is cut, and is then the name of nothing. */
const claimCharsMax = 100;

/** What a request's headers say of its client. It is nobody's proof, so it may only tighten (contracts 5). */
export function claimedByHeaders(headers: IncomingHttpHeaders, names: ClientHeaders): ClientClaims | null {
  const claimed: { platform?: string; store?: string; version?: string } = {};
  let any = false;
  for (const part of ["platform", "store", "version"] as const) {
    const name = names[part];
    const text = name === null ? null : headerText(headers, name);
    if (text === null) continue;
    claimed[part] = text.slice(0, claimCharsMax);
    any = true;
  }
  return any ? claimed : null;
}
