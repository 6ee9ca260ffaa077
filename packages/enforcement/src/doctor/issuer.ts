import { isJsonObject, type JsonObject } from "@cordon/model";
import { askJson, checkedUrl, type AskOptions } from "./ask-url.ts";

/** What an OpenID provider says of itself. */
export interface Issuer {
  /** As it was asked for, without a slash at the end. */
  readonly asked: string;
  /** As it says. */
  readonly issuer: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly keys: readonly JsonObject[];
}

/** More keys than a provider has even while it rotates them. */
const keysMax = 1_000;

/**
 * Fetches discovery (OpenID Connect Discovery 1.0, section 4) and the JWKS it names. Throws an EnforcementError when
 * either does not come, or is elsewhere than https (http only on this machine).
 */
export async function fetchIssuer(issuerUrl: string, options: AskOptions): Promise<Issuer> {
  checkedUrl(issuerUrl, "the issuer");
  const asked = issuerUrl.replace(/\/+$/, "");
  const metadata = await askJson(
    checkedUrl(`${asked}/.well-known/openid-configuration`, "the issuer"),
    options,
  );
  const { issuer, jwks_uri: jwksUri } = metadata;
  const jwks =
    typeof jwksUri === "string" ? await askJson(checkedUrl(jwksUri, "the issuer's `jwks_uri`"), options) : {};
  const keys: unknown = jwks["keys"];
  return {
    asked,
    issuer: typeof issuer === "string" ? issuer : null,
    metadata,
    keys: Array.isArray(keys) ? keys.slice(0, keysMax).filter(isJsonObject) : [],
  };
}
