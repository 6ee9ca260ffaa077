import type { Release } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";

/** Which bundle which points are given. */
export function readRelease(plane: Plane): Release {
  const { plan, promotedVersion, staged } = plane.release.state();
  return {
    plan: plan === null ? null : { ...plan, points: [...plan.points] },
    promotedVersion,
    staged: staged === null ? null : { version: staged.version, since: formatInstant(staged.sinceMs) },
  };
}
