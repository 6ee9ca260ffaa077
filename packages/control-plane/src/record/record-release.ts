import type { Plane } from "../plane.ts";
import type { ReleasePlan } from "../release/release.ts";
import { plain } from "../run-command.ts";

/** Every decision on which points are given bundles first. */
const releaseStream = "releases";

type ReleaseEvent =
  | { readonly type: "release-planned"; readonly by: string; readonly plan: ReleasePlan | null }
  | { readonly type: "release-promoted"; readonly by: string; readonly version: number };

/** Resolves once a signed checkpoint covers it. Points' names are no personal data. */
export async function recordRelease(plane: Plane, { type, ...data }: ReleaseEvent): Promise<void> {
  await plane.record.catchUp();
  await plane.journal.append(releaseStream, plane.record.streamVersion(releaseStream), [
    { type, data: plain(data) },
  ]);
}
