import { compilePolicy, decide, parsePolicy, parseRequest } from "@cordon/gate";

import type { ContenderStart } from "./contender.ts";
import { nowMs, outcomes, policy } from "./policy.ts";
import { drawRequest, randomOf } from "./population.ts";

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

/** So many stay in the cache, as a request that was just taken apart does. */
const readRequests = 10_000;

/** What comes once before all decisions about a request: it is read, from what JSON made of it. */
export const startReading: ContenderStart = () => {
  const random = randomOf(1);
  const given = Array.from({ length: readRequests }, (_, index): unknown =>
    JSON.parse(drawRequest(random, index)),
  );
  return { answers: "none", ask: (index) => parseRequest(given[index % readRequests]).offlineEpoch };
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
