import fc from "fast-check";
import { causes, stepsDone, type ClaimFact, type MeasureFact, type NoticeFacts } from "../../src/index.ts";
import { reference } from "./example-facts.ts";

// Classes that no phrase mentions by chance: their plain words hold the key itself.
const classKey = fc.integer({ min: 0, max: 400 }).map((n) => `user.zq${n}zq`);

const knownKeys = [
  "user.payment",
  "user.financial",
  "user.authorization.password",
  "user.authorization",
  "user.contact.email",
  "user.name",
  "system.authentication",
];

const dataClasses = fc
  .uniqueArray(fc.oneof(classKey, fc.constantFrom(...knownKeys)), { maxLength: 9 })
  .chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), fc.integer({ min: 0, max: 2 })))))
  .map((pairs) => {
    const list = (which: number): string[] => pairs.filter(([, of]) => of === which).map(([key]) => key);
    return { accessed: list(0), notAccessed: list(1), unknown: list(2) };
  });

const people = fc
  .record({
    atLeast: fc.nat({ max: 40 }),
    more: fc.nat({ max: 9_000_000 }),
    exact: fc.boolean(),
    coverageComplete: fc.boolean(),
    named: fc.nat({ max: 40 }),
  })
  .map(({ atLeast, more, exact, coverageComplete, named }) =>
    exact
      ? {
          people: { kind: "exactly" as const, atLeast, atMost: atLeast, named: Math.min(named, atLeast) },
          coverageComplete: true,
        }
      : {
          people: {
            kind: "between" as const,
            atLeast,
            atMost: atLeast + more,
            named: Math.min(named, atLeast + more),
          },
          coverageComplete,
        },
  );

const claim: fc.Arbitrary<ClaimFact> = fc
  .record({ people, dataClasses, write: fc.nat({ max: 2 }), times: fc.boolean() })
  .map(({ people: counted, dataClasses: classes, write, times }) => ({
    answerDigest: "sha256:00",
    window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
    ...counted,
    dataClasses: classes,
    firstAccess: times ? "2014-05-21T10:00:00Z" : null,
    lastAccess: times ? "2014-05-21T11:00:00Z" : null,
    effects: { read: 1, write, delete: 0 },
    assumptions: ["doors-complete"],
  }));

const base = {
  concerns: fc.constantFrom("everyone" as const, "affected" as const, "certain" as const),
  platforms: fc.option(fc.uniqueArray(fc.constantFrom("android", "ios", "web"), { minLength: 1 }), {
    nil: null,
  }),
};
const spreadMs = fc.option(fc.integer({ min: 1, max: 400_000_000 }), { nil: null });
const instant = fc.constantFrom("2014-05-27T10:00:00Z", "2014-05-27T12:00:00Z", "2014-05-28T12:00:00Z");

const measure: fc.Arbitrary<MeasureFact> = fc.oneof(
  fc.record({
    measure: fc.constantFrom("reauthenticate" as const, "change_password" as const),
    ...base,
    because: fc.constantFrom("precaution" as const, "exposure" as const),
    spreadMs,
  }),
  fc.record({
    measure: fc.constant("upgrade" as const),
    ...base,
    below: fc.constant("1.1.0"),
    required: fc.option(instant, { nil: null }),
    stores: fc.uniqueArray(
      fc.record({
        store: fc.constantFrom("google-play", "amazon-appstore", "website"),
        available: fc.option(instant, { nil: null }),
        link: fc.option(fc.constant("https://store.example/app"), { nil: null }),
      }),
      { selector: ({ store }) => store },
    ),
  }),
  fc.record({ measure: fc.constant("redownload" as const), ...base, from: fc.constant(null), spreadMs }),
  fc.record({
    measure: fc.constant("refuse_client" as const),
    ...base,
    trusted: fc.uniqueArray(fc.constantFrom("google-play", "website")),
  }),
);

export const facts: fc.Arbitrary<NoticeFacts> = fc.record({
  reference: fc.constant(reference.reference),
  service: fc.constant(reference.service),
  asOf: fc.constant(reference.asOf),
  discoveredAt: fc.option(fc.constant("2014-05-26T08:00:00Z"), { nil: null }),
  cause: fc.option(fc.constantFrom(...causes), { nil: null }),
  done: fc.subarray([...stepsDone]),
  judgements: fc.constantFrom(
    [],
    [{ kind: "no_increased_risk" as const, decisionId: "d-1", name: "Åsa Lindqvist" }],
  ),
  correction: fc.constant(null),
  claims: fc.array(claim, { minLength: 1, maxLength: 3 }),
  measures: fc.array(measure, { maxLength: 5 }),
  recoveryPage: fc.constant(reference.recoveryPage),
  contact: fc.constant(reference.contact),
  publicPage: fc.constant(reference.publicPage),
  nextUpdate: fc.constant(reference.nextUpdate),
  signature: fc.constant(reference.signature),
});
