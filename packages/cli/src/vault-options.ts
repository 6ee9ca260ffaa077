import { existsSync } from "node:fs";
import path from "node:path";
import { ControlPlaneError, withVault, type Retention, type VaultPlace } from "@cordon/control-plane";
import { CliError, NoAnswer } from "./cli-error.ts";
import { asAnswer, journalPlace } from "./journal-options.ts";

/** Runs `work` on the incidents of a home that was used; a decision that is refused is the answer "no". */
export async function onIncidents<Result>(
  homeOption: string | undefined,
  work: (place: VaultPlace, home: string) => Promise<Result>,
): Promise<Result> {
  const place = journalPlace(homeOption);
  const folder = path.join(place.home, "journal");
  if (!existsSync(folder)) {
    throw new CliError(
      "ERR_CLI_FILE",
      `${folder}: no such folder, expected the journal of a home that was used`,
    );
  }
  try {
    return await withVault({ ...place, clock: Date.now }, (at) => work(at, place.home));
  } catch (error) {
    if (error instanceof ControlPlaneError && error.code === "ERR_PLANE_RETENTION")
      throw new NoAnswer(error.message, { cause: error });
    throw asAnswer(error);
  }
}

/** For the eye: how long the personal data stays. */
export function retentionLine(incidentId: string, { days, hold, shreddedAtMs }: Retention): string {
  if (shreddedAtMs !== null) return `${incidentId}: shredded ${new Date(shreddedAtMs).toISOString()}`;
  const kept = days === null ? "kept until somebody decides" : `kept for ${days} days after it is closed`;
  return `${incidentId}: ${kept}${hold === null ? "" : `; legal hold by ${hold.by}: ${hold.reason}`}`;
}

/** For JSON. */
export function retentionView(incidentId: string, { days, hold, shreddedAtMs }: Retention) {
  const shreddedAt = shreddedAtMs === null ? null : new Date(shreddedAtMs).toISOString();
  return { incident: incidentId, days, hold, shreddedAt };
}
