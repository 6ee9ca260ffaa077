import type { Samples } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";

export async function readSamples(plane: Plane): Promise<Samples> {
  const samples = await plane.samples.all();
  return { samples: samples.map(({ rate, value, atMs }) => ({ rate, value, at: formatInstant(atMs) })) };
}
