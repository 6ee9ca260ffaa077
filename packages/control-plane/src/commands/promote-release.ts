import type { Release } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { readRelease } from "../queries/read-release.ts";
import { recordRelease } from "../record/record-release.ts";

/** Gives the staged bundle to every point at once; nothing when none is staged. Throws JournalError. */
export async function promoteRelease(plane: Plane, caller: Caller): Promise<Release> {
  await plane.deciding.run(async () => {
    const { staged } = plane.release.state();
    if (staged === null) return;
    await recordRelease(plane, { type: "release-promoted", by: caller.operator, version: staged.version });
    await plane.release.promote();
  });
  return readRelease(plane);
}
