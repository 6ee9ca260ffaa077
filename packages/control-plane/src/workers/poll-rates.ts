import type { Plane } from "../plane.ts";
import { measureRates, type PrometheusOrigin } from "../watch/prometheus-rates.ts";

/** Asks Prometheus for the watched rates. Resolves to when to ask again, in ms. Throws ERR_PLANE_RATES. */
export async function pollRates(plane: Plane, origin: PrometheusOrigin): Promise<number> {
  const samples = await measureRates(origin, fetch);
  const nowMs = plane.clock();
  // Another machine's clock may be ahead: nothing was measured later than now.
  if (samples.length > 0)
    await plane.samples.report(samples.map((one) => ({ ...one, atMs: Math.min(one.atMs, nowMs) })));
  plane.wake();
  return origin.everyMs;
}
