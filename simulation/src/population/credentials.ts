import { accountIdOf } from "./population.ts";
import { draw32, streamKey } from "./random.ts";

/** The password that a person of the drill types: made up, known to the simulation, worth nothing elsewhere. */
export function passwordOf(seed: number, index: number): string {
  const key = streamKey(seed, "password");
  return `${draw32(key, index).toString(36)}-${draw32(key + 1, index).toString(36)}`;
}

export function installationIdOf(index: number): string {
  return `i-${accountIdOf(index)}`;
}
