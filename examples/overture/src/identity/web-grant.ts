import { randomBytes } from "node:crypto";

import type { Grant, KoaContextWithOIDC } from "oidc-provider";

import type { Installations } from "../accounts/installations.ts";
import { grantIdOf, grantParts } from "./grant-id.ts";

/**
 * The grant of a browser that has just signed in: Overture's own player is granted all it may have. Each browser is an
 * installation of its own, for as long as its sign-in session lasts.
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
  const installationId = `web-${randomBytes(12).toString("base64url")}`;
  installations.claim(installationId, accountId, { platform: "web", store: "website", version: "" }, nowMs());
  return provider.Grant.find(grantIdOf({ accountId, clientId, installationId }));
}
