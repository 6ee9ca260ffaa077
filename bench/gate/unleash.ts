import { EventEmitter } from "node:events";

import { Unleash } from "unleash-client";

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
  type OutcomeName,
} from "./policy.ts";

interface Constraint {
  readonly contextName: string;
  readonly operator: string;
  readonly inverted: boolean;
  readonly values: readonly string[];
  readonly value?: string;
}

const one = (contextName: string, operator: string, value: string): Constraint => {
  return { contextName, operator, inverted: false, values: [], value };
};
const list = (contextName: string, operator: string, values: readonly string[]): Constraint => {
  return { contextName, operator, inverted: false, values };
};
const before = (cutoff: string): Constraint => one("authTime", "NUM_LT", String(Date.parse(cutoff)));
const recalled = (cohort: CohortName): readonly Constraint[] => [
  before(cohortCutoffs[cohort]),
  list(cohort, "IN", ["true"]),
];
const platform = (name: string): Constraint => list("platform", "IN", [name]);

/** A toggle is on when one of its strategies is; a strategy is when all its constraints hold. */
const toggles: readonly (readonly [OutcomeName, readonly (readonly Constraint[])[]])[] = [
  [
    "refuse_client",
    [
      [platform("android"), list("store", "NOT_IN", trustedStores)],
      [platform("android"), list("installer", "NOT_IN", trustedStores)],
      [platform("desktop"), list("store", "NOT_IN", ["website"])],
    ],
  ],
  [
    "reauthenticate",
    [
      [list("keyId", "IN", [stolenKey])],
      [before(everyoneCutoff)],
      recalled("one"),
      recalled("exposed"),
      recalled("touched"),
    ],
  ],
  [
    "upgrade",
    [
      [platform("android"), one("version", "SEMVER_LT", androidBelow)],
      [platform("ios"), one("version", "SEMVER_LT", iosBelow)],
    ],
  ],
  ["redownload", [[platform("android"), one("offlineEpoch", "NUM_LT", String(epoch))]]],
];

/** The client as a service uses it, but without metrics, and with its toggles in memory from the start. */
export const startUnleash: ContenderStart = (population) => {
  const features = new Map(
    toggles.map(([name, strategies]) => [
      name as string,
      {
        name,
        enabled: true,
        strategies: strategies.map((constraints) => ({ name: "default", parameters: {}, constraints })),
      },
    ]),
  );
  const repository = Object.assign(new EventEmitter(), {
    getToggle: (name: string) => features.get(name),
    getToggles: () => [...features.values()],
    getTogglesWithSegmentData: () => [],
    getSegment: () => undefined,
    stop: () => undefined,
    start: () => Promise.resolve(),
  });
  const client = new Unleash({
    appName: "bench",
    url: "http://127.0.0.1:9/",
    // `as`: the library's constraints are of a mutable type and an enum.
    repository: repository as unknown as NonNullable<ConstructorParameters<typeof Unleash>[0]["repository"]>,
    disableMetrics: true,
    disableAutoStart: true,
  });
  repository.emit("ready");
  const never = (): boolean => false;
  return {
    answers: "outcome",
    ask: (index) => {
      const request = population.requests[index];
      if (request === undefined) return -1;
      const { one: isOne, exposed, touched, ...rest } = peerContext(request, population);
      const properties = { ...rest, one: String(isOne), exposed: String(exposed), touched: String(touched) };
      const context = { properties };
      for (const [name] of toggles) if (client.isEnabled(name, context, never)) return outcomes[name];
      return outcomes.allow;
    },
  };
};
