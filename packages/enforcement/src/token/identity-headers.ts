import { unknownStore } from "@cordon/gate";

import { headerText } from "./bearer-token.ts";
import { asTimeMs } from "./claim-mapping.ts";
import { claimedByHeaders } from "./client-headers.ts";
import type { ClientHeaders } from "./client-headers.ts";
import type { IdentityReader } from "./identity.ts";

/** Headers in which a proxy that has authenticated a request says whose it is; null: it does not. Names in lower case. */
export interface IdentityHeaders {
  readonly account: string;
  readonly authTime: string | null;
  readonly passwordSetAt: string | null;
  readonly keyId: string | null;
  readonly ordinal: string | null;
  readonly platform: string | null;
  readonly store: string | null;
  readonly version: string | null;
}

interface HeaderIdentityOptions {
  readonly names: IdentityHeaders;
  readonly clientHeaders: ClientHeaders;
  readonly count: (name: string) => void;
}

/**
 * By what a proxy says, for opaque tokens and sessions that only the proxy can resolve. It is believed: the proxy must set or
 * clear every one of these headers on every request.
 */
export function identityByHeaders({ names, clientHeaders, count }: HeaderIdentityOptions): IdentityReader {
  return (headers) => {
    const text = (name: string | null): string | null => (name === null ? null : headerText(headers, name));
    const read = <T>(name: string | null, as: (text: string) => T | null): T | null => {
      const value = text(name);
      if (value === null) return null;
      const found = as(value);
      if (found === null) count("token.claim-unreadable");
      return found;
    };
    const account = text(names.account);
    if (account === null) return Promise.resolve({ kind: "none" });
    const request = {
      account,
      ordinal: read(names.ordinal, wholeNumberText),
      authTimeMs: read(names.authTime, timeText),
      passwordSetAtMs: read(names.passwordSetAt, timeText),
      keyId: text(names.keyId),
      platform: text(names.platform),
      store: text(names.store) ?? unknownStore,
      version: text(names.version),
      offlineEpoch: 0,
    };
    return Promise.resolve({
      kind: "known",
      guarded: { request, claimed: claimedByHeaders(headers, clientHeaders) },
    });
  };
}

function wholeNumberText(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** Seconds since the epoch, also with a fraction, or RFC 3339 with `Z`. */
function timeText(text: string): number | null {
  return asTimeMs(/^\d{1,10}(\.\d{1,9})?$/.test(text) ? Number(text) : text);
}
