import { guessPolicyDefault } from "./accounts/guess-limit.ts";
import { admissionPolicyDefault } from "./offline-copies/admission-queue.ts";
import type { OvertureOptions } from "./start-overture.ts";

const dayMs = 86_400_000;

type Defaulted =
  | "publicOrigin"
  | "behindProxy"
  | "musicFolders"
  | "demoMusic"
  | "isGuarded"
  | "licenceMs"
  | "admission"
  | "advisoryUrl"
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
  isGuarded: true,
  licenceMs: 30 * dayMs,
  admission: admissionPolicyDefault,
  advisoryUrl: null,
  told: { of: () => Promise.resolve([]) },
  replay: null,
  guessPolicy: guessPolicyDefault,
  caseRestMs: 3 * dayMs,
};
