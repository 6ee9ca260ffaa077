import { randomBytes } from "node:crypto";

import type { Grant, KoaContextWithOIDC } from "oidc-provider";

import type { Installations } from "../accounts/installations.ts";
import { grantIdOf, grantParts } from "./grant-id.ts";

/** Which installation a browser is; no credential: an account's installation is worth nothing to others. */
export const installationCookie = "overture-installation";
const installationCookieMs = 400 * 86_400_000;

/**
 * The grant of a browser that has just signed in: Overture's own player is granted all it may have. Each browser is an
 * installation of its own for each account, and stays it when it signs in again: its offline copies are bound to it.
 */
export async function loadOwnGrant(
  ctx: KoaContextWithOIDC,
  installations: Installations,
  nowMs: () => number,
): Promise<Grant | undefined> {
  const { account, client, session, provider } = ctx.oidc;
  if (account === undefined || client === undefined || session === undefined) return undefined;
  const { accountId } = account;
  const { clientId } = client;
  const known = session.grantIdFor(clientId);
  if (known !== undefined && grantParts(known)?.accountId === accountId) return provider.Grant.find(known);
  const build = { platform: "web", store: "website", version: "" };
  const before = ctx.cookies.get(installationCookie, { signed: false });
  // INVARIANT: only the account's own installation is taken up, and only one that was made for it.
  const own = before !== undefined && installations.find(before)?.accountId === accountId ? before : null;
  const installationId = own ?? `web-${randomBytes(12).toString("base64url")}`;
  if (!installations.claim(installationId, accountId, build, nowMs())) return undefined;
  ctx.cookies.set(installationCookie, installationId, {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    maxAge: installationCookieMs,
    signed: false,
    overwrite: true,
  });
  return provider.Grant.find(grantIdOf({ accountId, clientId, installationId }));
}
