import { compilePolicy, decide, parsePolicy, parseRequest, type CohortSet } from "@cordon/gate";
import type { Measure } from "@cordon/response";
import { describe, expect, test } from "vitest";
import { checkMeasures, compilePlans } from "../src/policy/compile-plans.ts";

const cutoff = "2014-05-27T12:00:00.000Z";
const later = "2014-05-29T12:00:00.000Z";

const everyMeasure: readonly Measure[] = [
  {
    id: "reauth",
    measure: "reauthenticate",
    cohort: { accounts: ["u-1"] },
    rollout: { over: "72h", waves: 24 },
  },
  { id: "newpw", measure: "change_password", cohort: { answer: "sha256:a" }, because: "exposure" },
  { id: "keys", measure: "reauthenticate", keys: ["kid-1"] },
  {
    id: "android",
    measure: "upgrade",
    where: { platform: "android" },
    below: "1.1.0",
    required: later,
    stores: { "google-play": { available: cutoff, link: "https://play.example" } },
  },
  {
    id: "offline",
    measure: "redownload",
    epoch: 2,
    from: "1.1.0",
    rollout: { from: later, over: "1h", waves: 2 },
  },
  { id: "trusted", measure: "refuse_client", cohort: { everyone: true }, trusted: ["google-play"] },
];

describe("plans in force become one policy", () => {
  test("with each measure's own words, and the publishing instant where it names none", () => {
    const { policy, cohorts } = compilePlans(7, [{ measures: everyMeasure, cutoff }]);
    expect(policy).toEqual({
      version: 7,
      rules: [
        {
          id: "reauth",
          measure: "reauthenticate",
          cohort: "of-reauth",
          cutoff,
          rollout: { from: cutoff, over: "72h", waves: 24 },
        },
        { id: "newpw", measure: "change_password", cohort: "of-newpw", cutoff, because: "exposure" },
        { id: "keys", measure: "reauthenticate", keys: ["kid-1"] },
        {
          id: "android",
          measure: "upgrade",
          where: { platform: "android" },
          below: "1.1.0",
          required: later,
          stores: { "google-play": { available: cutoff, link: "https://play.example" } },
        },
        {
          id: "offline",
          measure: "redownload",
          epoch: 2,
          from: "1.1.0",
          rollout: { from: later, over: "1h", waves: 2 },
        },
        { id: "trusted", measure: "refuse_client", cohort: "everyone", trusted: ["google-play"] },
      ],
    });
    expect([...cohorts]).toEqual([
      ["of-reauth", { measureId: "reauth", cohort: { accounts: ["u-1"] } }],
      ["of-newpw", { measureId: "newpw", cohort: { answer: "sha256:a" } }],
    ]);
  });

  test("that the gate reads", () => {
    const { policy, cohorts } = compilePlans(7, [{ measures: everyMeasure, cutoff }]);
    const one: CohortSet = { members: 1, has: (account) => account === "u-1" };
    const compiled = compilePolicy(
      parsePolicy(policy, cohorts.keys()),
      new Map([...cohorts.keys()].map((name) => [name, one])),
    );
    const request = parseRequest({
      account: "u-1",
      authTime: cutoff,
      passwordSetAt: "2013-01-01T00:00:00Z",
      client: { platform: "android", store: "google-play", version: "1.0" },
    });
    const { directives } = decide(compiled, request, Date.parse(later));
    expect(directives.map((directive) => directive.rule)).toEqual(["newpw", "android"]);
  });

  test("in which a measure named `everyone` is still for its own cohort alone", () => {
    const { policy } = compilePlans(1, [
      { measures: [{ id: "everyone", measure: "reauthenticate", cohort: { accounts: ["u-1"] } }], cutoff },
    ]);
    expect(policy["rules"]).toMatchObject([{ cohort: "of-everyone" }]);
  });

  test("a plan's rules stay the same in every later bundle, whatever comes in or goes out beside it", () => {
    const plan = { measures: everyMeasure, cutoff };
    const other = { measures: [{ id: "other", measure: "reauthenticate" } as const], cutoff: later };
    const before = compilePlans(1, [plan]).policy["rules"];
    const after = compilePlans(2, [other, plan]).policy["rules"];
    expect(Array.isArray(after) ? after.slice(1) : null).toEqual(before);
  });
});

describe("a draft that could not be put in force is refused with its place", () => {
  test.each<[Measure, readonly (string | number)[]]>([
    [{ id: "m", measure: "upgrade", below: "x" }, ["measures", 1, "below"]],
    [
      { id: "m", measure: "reauthenticate", cohort: { accounts: ["u-1"] }, cutoff: later },
      ["measures", 1, "cutoff"],
    ],
    [{ id: "m", measure: "redownload", epoch: 0 }, ["measures", 1, "epoch"]],
  ])("%j", (measure, path) => {
    const measures: readonly Measure[] = [{ id: "fine", measure: "reauthenticate" }, measure];
    expect(() => checkMeasures(measures, cutoff)).toThrow(
      expect.objectContaining({ code: "ERR_INPUT", path }),
    );
  });

  test("but a cutoff in the future is fine for everybody", () => {
    checkMeasures(
      [{ id: "m", measure: "reauthenticate", cohort: { everyone: true }, cutoff: later }],
      cutoff,
    );
  });
});
