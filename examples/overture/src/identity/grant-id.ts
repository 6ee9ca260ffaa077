/**
 * A grant of Overture's own apps is nothing but account, client and installation: its id says all of it, so it is
 * never stored. Each part is base64url, joined by dots.
 */
interface GrantParts {
  readonly accountId: string;
  readonly clientId: string;
  readonly installationId: string;
}

const prefix = "own";

export function grantIdOf(parts: GrantParts): string {
  return [prefix, encode(parts.accountId), encode(parts.clientId), encode(parts.installationId)].join(".");
}

/** Null for an id that `grantIdOf` did not make. */
export function grantParts(grantId: string): GrantParts | null {
  const [head, account, client, installation, ...rest] = grantId.split(".");
  if (head !== prefix || account === undefined || client === undefined || installation === undefined)
    return null;
  if (rest.length > 0) return null;
  return { accountId: decode(account), clientId: decode(client), installationId: decode(installation) };
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function decode(text: string): string {
  return Buffer.from(text, "base64url").toString("utf8");
}
