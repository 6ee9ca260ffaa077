import { existsSync } from "node:fs";
import path from "node:path";
import { withVault, type VaultPlace } from "@cordon/control-plane";
import { CliError } from "./cli-error.ts";
import { asAnswer, journalPlace } from "./journal-options.ts";

/** Runs `work` on the incidents of a home that was used. */
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
    throw asAnswer(error);
  }
}
