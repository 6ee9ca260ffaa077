import { preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";

import type { ContenderStart } from "./contender.ts";
import { peerContext } from "./peer-context.ts";
import {
  androidBelow,
  cohortCutoffs,
  epoch,
  everyoneCutoff,
  iosBelow,
  stolenKey,
  trustedStores,
  type CohortName,
} from "./policy.ts";

/** Cedar has no versions: they cross as one number. */
function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return (major * 1000 + minor) * 1000 + patch;
}

const list = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
const recalled = (cohort: CohortName): string =>
  `context.authTime < ${Date.parse(cohortCutoffs[cohort])} && context.${cohort}`;

const conditions = [
  `context.platform == "android" && !(${list(trustedStores)}.contains(context.store) && ${list(trustedStores)}.contains(context.installer))`,
  `context.platform == "desktop" && context.store != "website"`,
  `context.keyId == ${JSON.stringify(stolenKey)}`,
  `context.authTime < ${Date.parse(everyoneCutoff)}`,
  recalled("one"),
  recalled("exposed"),
  recalled("touched"),
  `context.platform == "android" && context.version < ${versionNumber(androidBelow)}`,
  `context.platform == "ios" && context.version < ${versionNumber(iosBelow)}`,
  `context.platform == "android" && context.offlineEpoch < ${epoch}`,
];

/** Ten `forbid` policies, parsed once. Cedar says no more than whether one of them holds. */
export const startCedar: ContenderStart = (population) => {
  const text = conditions.map((condition) => `forbid (principal, action, resource) when { ${condition} };`);
  const staticPolicies = ["permit (principal, action, resource);", ...text].join("\n");
  const parsed = preparsePolicySet("directives", { staticPolicies });
  if (parsed.type === "failure") throw new Error(JSON.stringify(parsed.errors));
  const principal = { type: "Account", id: "a" };
  const action = { type: "Action", id: "use" };
  const resource = { type: "Service", id: "s" };
  return {
    answers: "denied-or-not",
    ask: (index) => {
      const request = population.requests[index];
      if (request === undefined) return -1;
      const flat = peerContext(request, population);
      const answer = statefulIsAuthorized({
        principal,
        action,
        resource,
        context: { ...flat, version: versionNumber(flat.version) },
        preparsedPolicySetId: "directives",
        entities: [],
      });
      if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
      if (answer.response.diagnostics.errors.length > 0) throw new Error(JSON.stringify(answer.response));
      return Number(answer.response.decision === "deny");
    },
  };
};
