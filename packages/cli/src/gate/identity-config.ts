import { tokenAlgorithms } from "@cordon/enforcement";
import type {
  ClaimMapping,
  ClaimPath,
  ClientHeaders,
  IdentityHeaders,
  KnownClient,
  TokenKeySource,
  TokenPlace,
} from "@cordon/enforcement";
import { InputError } from "@cordon/model";

import type { ConfigFields } from "./config-fields.ts";

/** How a gate finds out whose request it is. */
export type GateIdentity = GateTokens | GateIdentityHeaders;

export interface GateTokens {
  readonly kind: "token";
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly jwks: TokenKeySource;
  readonly algorithms: readonly string[];
  readonly clockToleranceMs: number;
  readonly type: string | null;
  readonly places: readonly TokenPlace[];
  readonly cacheMs: number;
  readonly keptMs: number;
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  readonly mapping: ClaimMapping;
  readonly clientHeaders: ClientHeaders;
}

export interface GateIdentityHeaders {
  readonly kind: "headers";
  readonly names: IdentityHeaders;
  readonly clientHeaders: ClientHeaders;
}

const outsideMs = {
  clockToleranceMs: 5_000,
  cacheMs: 600_000,
  keptMs: 86_400_000,
  cooldownMs: 30_000,
  timeoutMs: 5_000,
};

/** Reads `token` with `claims` and `clients`, or `identityHeaders`, and `clientHeaders`; null when there is neither. */
export function parseIdentity(config: ConfigFields): GateIdentity | null {
  const clientHeaders = parseClientHeaders(config.mapping("clientHeaders"));
  const claims = config.mapping("claims");
  const clients = config.mapping("clients");
  const headers = config.has("identityHeaders");
  if (config.has("token")) {
    if (headers) throw config.fault("identityHeaders", "both `token` and `identityHeaders`", "one of them");
    return { ...parseToken(config.mapping("token")), mapping: parseClaims(claims, clients), clientHeaders };
  }
  for (const key of ["claims", "clients"]) {
    if (config.has(key)) throw config.fault(key, `\`${key}\` without \`token\``, "a `token` to read");
  }
  return headers
    ? { kind: "headers", names: parseIdentityHeaders(config.mapping("identityHeaders")), clientHeaders }
    : null;
}

/** `https://…` and `http://…` are URLs, anything else is a file. */
function keySource(text: string): TokenKeySource {
  return /^https?:\/\//.test(text) ? { kind: "url", url: text } : { kind: "file", file: text };
}

type Token = Omit<GateTokens, "mapping" | "clientHeaders">;

/** What `token` says, with what it leaves out. */
function parseToken(token: ConfigFields): Token {
  const duration = (key: string, otherwiseMs: number): number =>
    token.has(key) ? token.durationMs(key) : otherwiseMs;
  const parsed: Token = {
    kind: "token",
    issuer: token.text("issuer"),
    audience: token.texts("audience"),
    jwks: keySource(token.text("jwks")),
    algorithms: token.texts("algorithms"),
    clockToleranceMs: duration("clockTolerance", outsideMs.clockToleranceMs),
    type: token.optionalText("type"),
    places: token.has("from")
      ? token.texts("from").map((text, index) => placeOf(token, text, index))
      : [bearer],
    cacheMs: duration("cache", outsideMs.cacheMs),
    keptMs: duration("kept", outsideMs.keptMs),
    cooldownMs: duration("cooldown", outsideMs.cooldownMs),
    timeoutMs: duration("timeout", outsideMs.timeoutMs),
  };
  parsed.algorithms.forEach((algorithm) => {
    if (tokenAlgorithms.some((known) => known === algorithm)) return;
    throw token.fault(
      "algorithms",
      `\`${algorithm}\` is none of them`,
      `some of ${tokenAlgorithms.join(", ")}`,
    );
  });
  if (parsed.jwks.kind === "url" && URL.parse(parsed.jwks.url) === null) {
    throw token.fault("jwks", `\`${parsed.jwks.url}\` is no URL`, "an http(s) URL or a file");
  }
  token.finish();
  return parsed;
}

const bearer: TokenPlace = { kind: "authorization" };

function placeOf(token: ConfigFields, text: string, index: number): TokenPlace {
  if (text === "authorization") return bearer;
  const [kind = "", name = ""] = text.split(":", 2);
  if (kind === "cookie" && name !== "") return { kind, name };
  if (kind === "header" && name !== "") return { kind, name: name.toLowerCase() };
  const expected = "`authorization`, `header:NAME` or `cookie:NAME`";
  throw new InputError([...token.path, "from", index], `\`${text}\` is no place of a token`, expected);
}

function parseClaims(claims: ConfigFields, clients: ConfigFields): ClaimMapping {
  const path = (key: string): ClaimPath | null => (claims.has(key) ? claims.texts(key) : null);
  const mapping = {
    account: path("account") ?? ["sub"],
    authTime: path("authTime") ?? ["auth_time"],
    passwordSetAt: path("passwordSetAt"),
    ordinal: path("ordinal"),
    client: path("client"),
    platform: path("platform"),
    store: path("store"),
    version: path("version"),
    clients: new Map(clients.keys().map((id) => [id, parseClient(clients.mapping(id))])),
  };
  claims.finish();
  if (mapping.clients.size > 0 && mapping.client === null) {
    throw claims.fault("client", "`clients` without a claim that names the client", "`claims.client`");
  }
  return mapping;
}

function parseClient(client: ConfigFields): KnownClient {
  const known = {
    platform: client.optionalText("platform"),
    store: client.optionalText("store"),
    version: client.optionalText("version"),
  };
  client.finish();
  return known;
}

function parseClientHeaders(headers: ConfigFields): ClientHeaders {
  const names = {
    platform: headerName(headers, "platform"),
    store: headerName(headers, "store"),
    version: headerName(headers, "version"),
  };
  headers.finish();
  return names;
}

function parseIdentityHeaders(headers: ConfigFields): IdentityHeaders {
  headers.text("account");
  const names = {
    account: headerName(headers, "account") ?? "",
    authTime: headerName(headers, "authTime"),
    passwordSetAt: headerName(headers, "passwordSetAt"),
    keyId: headerName(headers, "keyId"),
    ordinal: headerName(headers, "ordinal"),
    platform: headerName(headers, "platform"),
    store: headerName(headers, "store"),
    version: headerName(headers, "version"),
  };
  headers.finish();
  return names;
}

/** Lower case, as Node has it; RFC 9110, 5.1 and 5.6.2. */
function headerName(fields: ConfigFields, key: string): string | null {
  const name = fields.optionalText(key);
  if (name === null) return null;
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(name)) return name.toLowerCase();
  throw fields.fault(key, `\`${name}\` is no header's name`, "a header's name");
}
