import { guessPolicyDefault } from "./accounts/guess-limit.ts";
import { admissionPolicyDefault } from "./offline-copies/admission-queue.ts";
import type { OvertureOptions } from "./start-overture.ts";

const dayMs = 86_400_000;

type Defaulted =
  | "publicOrigin"
  | "behindProxy"
  | "musicFolders"
  | "demoMusic"
  | "licenceMs"
  | "admission"
  | "advisoryUrl"
  | "replay"
  | "told"
  | "replay"
  | "guessPolicy"
  | "caseRestMs";

/** What a service at home needs not say. */
export const overtureDefaults: Pick<OvertureOptions, Defaulted> = {
  publicOrigin: null,
  behindProxy: false,
  musicFolders: [],
  demoMusic: false,
  licenceMs: 30 * dayMs,
  admission: admissionPolicyDefault,
  advisoryUrl: null,
  replay: null,
  told: { of: () => Promise.resolve([]) },
  replay: null,
  guessPolicy: guessPolicyDefault,
  caseRestMs: 3 * dayMs,
};
