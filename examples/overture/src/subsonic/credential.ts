import type { Parameters } from "./parameters.ts";
import { SubsonicError } from "./subsonic-error.ts";

/** An API key, given as such or in place of the password. */
export interface Credential {
  readonly key: string;
  /** Whose it is said to be, with `u` and `p`; null with `apiKey`. */
  readonly user: string | null;
}

const keyCharsMax = 2048;

/**
 * What the call brings. Throws 43 for more than one mechanism and 41 for token and salt: their answer could only be checked by a
 * server that keeps passwords as they are (opensubsonic.netlify.app/docs/extensions/apikeyauth).
 */
export function readCredential(parameters: Parameters, helpUrl: string): Credential {
  const apiKey = parameters.get("apiKey");
  const user = parameters.get("u");
  const password = parameters.get("p");
  const isToken = parameters.get("t") !== null || parameters.get("s") !== null;
  if (apiKey !== null) {
    if (user !== null || password !== null || isToken) throw new SubsonicError(43, { helpUrl });
    return { key: short(apiKey), user: null };
  }
  if (isToken) throw new SubsonicError(password === null ? 41 : 43, { helpUrl });
  if (user === null || password === null)
    throw new SubsonicError(10, { message: "Required parameter `apiKey` is missing.", helpUrl });
  return { key: short(plain(password)), user };
}

/** `enc:` is the password in hexadecimal. */
function plain(password: string): string {
  const hex = /^enc:((?:[0-9a-f]{2})*)$/i.exec(password)?.[1];
  return hex === undefined ? password : Buffer.from(hex, "hex").toString("utf8");
}

function short(key: string): string {
  if (key.length > keyCharsMax) throw new SubsonicError(44);
  return key;
}

const named = /^([^/]{1,64})(?:[/ ]v?(\d[0-9A-Za-z.+-]{0,31}))?$/;

/** What a client says it is: `c`, as `Name` or `Name/1.2.3`. It proves nothing, and so it can only tighten. */
export function claimedClient(
  client: string,
  userAgent: string | undefined,
): { store: string; version?: string } {
  const [, name = client, version] = named.exec(client.slice(0, 128)) ?? [];
  const agent = named.exec(userAgent?.split(" ")[0] ?? "");
  const ofAgent = agent?.[1]?.toLowerCase() === name.toLowerCase() ? agent[2] : undefined;
  const known = version ?? ofAgent;
  return { store: name.toLowerCase().slice(0, 64), ...(known === undefined ? {} : { version: known }) };
}
