import { compilePolicy, decide, parsePolicy } from "@cordon/gate";

import type { ContenderStart } from "./contender.ts";
import { nowMs, outcomes, policy } from "./policy.ts";

/** All directives are decided; the first is the answer. */
export const startCordon: ContenderStart = ({ requests, cohorts }) => {
  const sets = new Map(Object.entries(cohorts));
  const compiled = compilePolicy(parsePolicy(policy, sets.keys()), sets);
  return {
    answers: "outcome",
    ask: (index) => {
      const request = requests[index];
      if (request === undefined) return -1;
      const { directives } = decide(compiled, request, nowMs);
      if (directives.length === 0) return outcomes.allow;
      switch (directives[0]?.measure) {
        case undefined:
          return -1;
        case "refuse_client":
          return outcomes.refuse_client;
        case "reauthenticate":
        case "change_password":
          return outcomes.reauthenticate;
        case "upgrade":
          return outcomes.upgrade;
        case "redownload":
          return outcomes.redownload;
      }
    },
  };
};

/** Floor: one field of the request is read. */
export const startFieldFloor: ContenderStart = ({ requests }) => ({
  answers: "none",
  ask: (index) => requests[index]?.offlineEpoch ?? -1,
});

/** Floor: one bit is tested, by the ordinal in the request. */
export const startBitFloor: ContenderStart = ({ requests, cohorts }) => ({
  answers: "member-or-not",
  ask: (index) => Number(cohorts.touched.has(null, requests[index]?.ordinal ?? null)),
});
