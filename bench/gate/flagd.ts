import { FlagdCore } from "@openfeature/flagd-core";

import type { ContenderStart } from "./contender.ts";
import { peerContext } from "./peer-context.ts";
import {
  androidBelow,
  cohortCutoffs,
  epoch,
  everyoneCutoff,
  iosBelow,
  outcomes,
  stolenKey,
  trustedStores,
  type CohortName,
} from "./policy.ts";

const variable = (name: string): object => ({ var: name });
const is = (name: string, value: unknown): object => ({ "==": [variable(name), value] });
const notIn = (name: string, values: readonly string[]): object => ({
  "!": { in: [variable(name), values] },
});
const before = (cutoff: string): object => ({ "<": [variable("authTime"), Date.parse(cutoff)] });
const isBelow = (version: string): object => ({ sem_ver: [variable("version"), "<", version] });
const recalled = (cohort: CohortName): object => ({
  and: [before(cohortCutoffs[cohort]), is(cohort, true)],
});

const android = is("platform", "android");
const untrusted = { or: [notIn("store", trustedStores), notIn("installer", trustedStores)] };

/** The ten rules in order, as one targeting rule. */
const targeting = {
  if: [
    [{ and: [android, untrusted] }, "refuse_client"],
    [{ and: [is("platform", "desktop"), notIn("store", ["website"])] }, "refuse_client"],
    [is("keyId", stolenKey), "reauthenticate"],
    [before(everyoneCutoff), "reauthenticate"],
    [recalled("one"), "reauthenticate"],
    [recalled("exposed"), "reauthenticate"],
    [recalled("touched"), "reauthenticate"],
    [{ and: [android, isBelow(androidBelow)] }, "upgrade"],
    [{ and: [is("platform", "ios"), isBelow(iosBelow)] }, "upgrade"],
    [{ and: [android, { "<": [variable("offlineEpoch"), epoch] }] }, "redownload"],
    "allow",
  ].flat(),
};

export const startFlagd: ContenderStart = (population) => {
  const core = new FlagdCore();
  const directive = { state: "ENABLED", variants: outcomes, defaultVariant: "allow", targeting };
  core.setConfigurations(JSON.stringify({ flags: { directive } }));
  return {
    answers: "outcome",
    ask: (index) => {
      const request = population.requests[index];
      if (request === undefined) return -1;
      const context = { ...peerContext(request, population) };
      return core.resolveNumberEvaluation("directive", -1, context).value;
    },
  };
};
