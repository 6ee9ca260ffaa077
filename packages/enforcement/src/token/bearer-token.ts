import type { IncomingHttpHeaders } from "node:http";

/** Where a request carries its token. */
export type TokenPlace =
  | { readonly kind: "authorization" }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "cookie"; readonly name: string };

/** The token of a request: the first place that has one; null when none has. */
export function tokenOf(headers: IncomingHttpHeaders, places: readonly TokenPlace[]): string | null {
  for (const place of places) {
    const token = tokenAt(headers, place);
    if (token !== null && token !== "") return token;
  }
  return null;
}

function tokenAt(headers: IncomingHttpHeaders, place: TokenPlace): string | null {
  switch (place.kind) {
    case "authorization":
      // RFC 6750, 2.1; the scheme is case-insensitive (RFC 9110, 11.1).
      return /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
    case "header":
      return headerText(headers, place.name);
    case "cookie":
      return cookieValue(headers.cookie ?? "", place.name);
  }
}

/** One header's text; null when it is absent or empty, as proxies write what they don't know. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(", ") : value;
  return text === undefined || text === "" ? null : text;
}

function cookieValue(cookies: string, name: string): string | null {
  for (const cookie of cookies.split(";")) {
    const at = cookie.indexOf("=");
    if (at !== -1 && cookie.slice(0, at).trim() === name) {
      return cookie
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1");
    }
  }
  return null;
}
