import type { Directive } from "./service-port.ts";

type Step = "give-up" | "upgrade" | "sign-in" | "download" | "play";

/** What kind of person opens the app. */
export interface Habits {
  /** Upgrades already when it is only recommended. */
  readonly eager: boolean;
  /** Has playlists to download again. */
  readonly keepsOffline: boolean;
}

/**
 * What a person does next, told these directives. A new version comes before the sign-in: while one is required, no
 * token is issued to the old one. Somebody whose app comes from no trusted place gives up.
 */
export function nextStep(directives: readonly Directive[], habits: Habits): Step {
  const told = (measure: string) => directives.find((directive) => directive.measure === measure);
  if (told("refuse_client") !== undefined) return "give-up";
  const upgrade = told("upgrade");
  if (upgrade !== undefined && upgrade.available !== false && (upgrade.required || habits.eager))
    return "upgrade";
  if (told("reauthenticate") !== undefined) return "sign-in";
  if (told("redownload") !== undefined && habits.keepsOffline) return "download";
  return "play";
}
