import type { Samples } from "@cordon/contract";
import type { Told } from "./operator-verb.ts";

export function toldSamples(samples: Samples): Told {
  const lines = samples.samples.map(({ rate, value, at }) => `${rate}: ${value} at ${at}`);
  return { document: samples, lines: lines.length === 0 ? ["no rate was measured"] : lines };
}
