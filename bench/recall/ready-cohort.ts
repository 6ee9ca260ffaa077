import { openDirectory } from "@cordon/lake";

import { recalledCohort } from "./directory.ts";

/** The cohort as every contestant is handed it before the clock starts. */
export interface ReadyCohort {
  readonly accounts: number;
  readonly bitmap: Uint8Array;
  readonly ordinals: Uint32Array;
  /** The lowest ordinal that is a member, and the lowest that is none. */
  readonly recalled: number;
  readonly spared: number;
}

export async function readyCohort(lakeFolder: string): Promise<ReadyCohort> {
  const directory = await openDirectory({ lakeFolder });
  const { bitmap, accounts, members } = await directory.cohortBitmap(recalledCohort, { keep: false });
  directory.close();
  const ordinals = new Uint32Array(members);
  let filled = 0;
  let spared = -1;
  for (let ordinal = 0; ordinal < accounts; ordinal += 1) {
    if (((bitmap[ordinal >>> 3] ?? 0) >>> (ordinal & 7)) & 1) {
      ordinals[filled] = ordinal;
      filled += 1;
    } else if (spared < 0) spared = ordinal;
  }
  return { accounts, bitmap, ordinals, recalled: ordinals[0] ?? 0, spared };
}
