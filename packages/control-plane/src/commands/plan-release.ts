import type { PlanRelease, Release } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { readRelease } from "../queries/read-release.ts";
import { recordRelease } from "../record/record-release.ts";
import type { ReleasePlan } from "../release/release.ts";

/**
 * Gives bundles from now on to some points first; without points to all at once, also the one that is held back. On record before
 * it counts. Throws JournalError.
 */
export async function planRelease(plane: Plane, caller: Caller, body: PlanRelease): Promise<Release> {
  const { points, promote = "reported", afterMs = null } = body;
  const plan: ReleasePlan | null = points.length === 0 ? null : { points, promote, afterMs };
  await plane.deciding.run(async () => {
    await recordRelease(plane, { type: "release-planned", by: caller.operator, plan });
    await plane.release.setPlan(plan);
  });
  return readRelease(plane);
}
