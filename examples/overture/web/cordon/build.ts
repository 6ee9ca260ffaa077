import { webPlayerVersion } from "../../src/web-player-version.ts";

/** Which build of the player this is. */
interface PlayerBuild {
  readonly platform: string;
  readonly store: string;
  readonly version: string;
}

const buildKey = "overture.build";

/**
 * The site's own build. A wrapper that brings the player into another store starts it with `?build=PLATFORM/STORE/VERSION`,
 * and so does the replay of the incident; it is only a claim, and a claim only makes the service stricter.
 */
export function playerBuild(): PlayerBuild {
  const given = new URL(location.href).searchParams.get("build") ?? sessionStorage.getItem(buildKey);
  const match =
    given === null ? null : /^([a-z-]{1,32})\/([a-z-]{1,64})\/([0-9A-Za-z.+-]{1,64})$/.exec(given);
  if (given !== null && match !== null) {
    const [, platform = "", store = "", version = ""] = match;
    sessionStorage.setItem(buildKey, given);
    return { platform, store, version };
  }
  return { platform: "web", store: "website", version: webPlayerVersion };
}

/** Passes for a build that the fixed one has replaced, from the next start on. */
export function claimReplacedBuild(): void {
  sessionStorage.setItem(buildKey, "web/website/0.9.0");
}

/** Forgets a claimed build: from the next start on it is the site's own again. */
export function takeOwnBuild(): void {
  sessionStorage.removeItem(buildKey);
}
