import type { ReportSamples, Samples } from "@cordon/contract";
import { parseInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";
import { readSamples } from "../queries/read-samples.ts";

/** Takes the newest samples of watched rates; one from the future counts as measured now. */
export async function reportSamples(plane: Plane, body: ReportSamples): Promise<Samples> {
  const nowMs = plane.clock();
  await plane.samples.report(
    body.samples.map(({ rate, value, at = null }) => ({
      rate,
      value,
      atMs: Math.min(nowMs, (at === null ? null : parseInstant(at)) ?? nowMs),
    })),
  );
  plane.wake();
  return readSamples(plane);
}
