import type { Cohort, Directory, DirectoryCohort } from "@cordon/lake";
import { InputError } from "@cordon/model";
import type { Duty } from "@cordon/notices";
import type { FactSheet, Incident, Measure } from "@cordon/response";
import { resolveCohort } from "../policy/resolve-cohort.ts";

interface Entry {
  readonly duty: Duty;
  /** Bit `o mod 8` of byte `⌊o / 8⌋` for the account with ordinal `o`. */
  readonly members: Uint8Array;
}

/** Which measures each person meets, as the directory has them: one bitmap for each duty. */
export class DutyRoll {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** A measure that the directory can't tell people apart by (one by signing keys, on an unlisted platform) is nobody's duty. */
  static async read(directory: Directory, incident: Incident, sheet: FactSheet): Promise<DutyRoll> {
    const entries: Entry[] = [];
    for (const [index, { measure }] of sheet.measures.entries()) {
      for (const { store, cohort } of cohortsOf(measure, incident)) {
        const members = await membersOf(directory, cohort);
        if (members !== null) entries.push({ duty: { measure: index, store }, members });
      }
    }
    return new DutyRoll(entries);
  }

  dutiesOf(ordinal: number): Duty[] {
    return this.#entries
      .filter(({ members }) => ((members[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0)
      .map(({ duty }) => duty);
  }
}

async function membersOf(directory: Directory, cohort: Cohort): Promise<Uint8Array | null> {
  try {
    return (await directory.cohortBitmap(cohort)).bitmap;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function cohortsOf(measure: Measure, incident: Incident): { store: string | null; cohort: Cohort }[] {
  const among = measure.cohort === undefined ? null : resolveCohort(measure.cohort, incident);
  const { platform, store } = measure.where ?? {};
  const where = {
    ...(platform === undefined ? {} : { platform }),
    ...(store === undefined ? {} : { store }),
  };
  const both = (conditions: DirectoryCohort): Cohort => {
    if (Object.keys(conditions).length === 0) return among ?? { everyone: true };
    return among === null ? { directory: conditions } : { intersect: [among, { directory: conditions }] };
  };
  switch (measure.measure) {
    case "reauthenticate":
      return measure.keys === undefined ? [{ store: null, cohort: both(where) }] : [];
    case "change_password":
      return [{ store: null, cohort: both(where) }];
    case "upgrade":
      return Object.keys(measure.stores ?? {}).map((name) => ({
        store: name,
        cohort: both({ ...where, store: name, versionBelow: measure.below }),
      }));
    case "redownload":
      return [{ store: null, cohort: both({ ...where, hasOffline: true }) }];
    case "refuse_client":
      return measure.trusted.includes("unknown")
        ? []
        : [{ store: null, cohort: both({ ...where, store: "unknown" }) }];
  }
}
