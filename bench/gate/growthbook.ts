import { GrowthBookClient, type FeatureRule } from "@growthbook/growthbook";

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

const before = (cutoff: string) => ({ authTime: { $lt: Date.parse(cutoff) } });
const recalled = (cohort: CohortName) => ({ ...before(cohortCutoffs[cohort]), [cohort]: true });

/** The ten rules in order: the first that matches forces the value. */
const rules: FeatureRule<number>[] = [
  {
    condition: {
      platform: "android",
      $or: [{ store: { $nin: [...trustedStores] } }, { installer: { $nin: [...trustedStores] } }],
    },
    force: outcomes.refuse_client,
  },
  {
    condition: { platform: "desktop", store: { $nin: ["website"] } },
    force: outcomes.refuse_client,
  },
  { condition: { keyId: stolenKey }, force: outcomes.reauthenticate },
  { condition: before(everyoneCutoff), force: outcomes.reauthenticate },
  { condition: recalled("one"), force: outcomes.reauthenticate },
  { condition: recalled("exposed"), force: outcomes.reauthenticate },
  { condition: recalled("touched"), force: outcomes.reauthenticate },
  { condition: { platform: "android", version: { $vlt: androidBelow } }, force: outcomes.upgrade },
  { condition: { platform: "ios", version: { $vlt: iosBelow } }, force: outcomes.upgrade },
  { condition: { platform: "android", offlineEpoch: { $lt: epoch } }, force: outcomes.redownload },
];

export const startGrowthBook: ContenderStart = (population) => {
  const client = new GrowthBookClient().initSync({
    payload: { features: { directive: { defaultValue: outcomes.allow, rules } } },
  });
  return {
    answers: "outcome",
    ask: (index) => {
      const request = population.requests[index];
      if (request === undefined) return -1;
      return client.getFeatureValue("directive", -1, { attributes: peerContext(request, population) });
    },
  };
};
