import path from "node:path";

/** Where the drilled service keeps its things: a folder of the drill's own, gone at its end. */
export interface OverturePlace {
  readonly home: string;
  /** The sessions that began before the drill, as Overture's `mintSessions` writes them. */
  readonly sessionFile: string;
  /** The sessions that began during the drill. */
  readonly renewedFile: string;
}

export function overturePlace(drillFolder: string): OverturePlace {
  const home = path.join(drillFolder, "overture");
  return {
    home,
    sessionFile: path.join(drillFolder, "sessions"),
    renewedFile: path.join(drillFolder, "sessions-renewed"),
  };
}

export const instanceNames = ["overture-1", "overture-2"] as const;
