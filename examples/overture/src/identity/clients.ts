import { platforms } from "@cordon/model";
import type { Platform } from "@cordon/model";

/** One OAuth client per platform, so that a token's client says on which platform it was issued. */
export function clientIdOf(platform: Platform): string {
  return `overture-${platform}`;
}

const platformByClientId = new Map<string, Platform>(
  platforms.map((platform) => [clientIdOf(platform), platform]),
);

/** Null for a client that is not Overture's own. */
export function platformOf(clientId: string): Platform | null {
  return platformByClientId.get(clientId) ?? null;
}

/** What the gate knows clients of the OpenSubsonic API by: a platform value of Overture's own. */
export const subsonicPlatform = "subsonic";
export const subsonicClientId = "overture-subsonic";

/** The grant by which Overture's own apps sign in: account name, password and installation. */
export const signInGrantType = "urn:overture:grant:sign-in";

/** What an access token may be used for. */
export const apiScope = "play offline";
