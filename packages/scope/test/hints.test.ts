import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerQuestion, explain, explanationLimits, type AccessCounts } from "../src/index.ts";
import { type Asked, event, explained, reading } from "./support/explained.ts";
import {
  access,
  chain,
  found,
  mapped,
  named,
  proof,
  rowsOf,
  smallFindings,
  smallMap,
  smallQuestion,
  smallSource,
  smallStore,
  stretch,
} from "./support/small-case.ts";

const holes = [chain({ holes: [stretch(130 * 60, 157 * 60)] })];
const longQuestion = { fromUs: stretch(0, 0).fromUs, toUs: stretch(0, 86_400).toUs };

describe("what evidence would sharpen the answer", () => {
  test("a gap: which store, when, which source, why", () => {
    const question = smallQuestion(longQuestion);
    const map = smallMap({
      sources: [smallSource({ coverage: [proof({ kind: "sequence", chains: null }, -500, 90_000)] })],
    });
    const chains = [{ ...chain(), lastUs: stretch(0, 90_000).toUs, holes: holes[0]?.holes ?? [] }];
    const findings = smallFindings({ sources: [found({ chains })] });
    const answer = answerQuestion(map, question, findings);
    const { hints } = explain({ map, question, findings, answer, events: [], allEvents: true });
    expect(hints.listed).toMatchObject([
      {
        what: "profiles between 2014-05-20T02:10:00Z and 02:37:00Z has no log (source `api`, sequence numbers missing)",
        adds: 100,
        atMostThen: 0,
      },
    ]);
  });

  test.each<[string, Asked]>([
    ["source `api`, no coverage in the map", { map: smallMap({ sources: [smallSource({ coverage: [] })] }) }],
    ["no line with a sequence number", { findings: { sources: [found({ chains: [] })] } }],
    [
      "not between two numbered lines",
      { findings: { sources: [found({ chains: [chain({ firstUs: stretch(5, 5).fromUs })] })] } },
    ],
    [
      "no line of chain `web-2`",
      {
        map: smallMap({
          sources: [smallSource({ coverage: [proof({ kind: "sequence", chains: ["web-1", "web-2"] })] })],
        }),
        findings: { sources: [found({ chains: [chain({ chain: "web-1" })] })] },
      },
    ],
    [
      "gave no sign of life for too long",
      {
        map: smallMap({
          sources: [smallSource({ coverage: [proof({ kind: "heartbeat", everyUs: 1_000_000, skewUs: 0 })] })],
        }),
      },
    ],
    [
      "no valid digest covers it",
      { map: smallMap({ sources: [smallSource({ coverage: [proof({ kind: "digest" })] })] }) },
    ],
    [
      "on somebody's word only",
      { map: smallMap({ sources: [smallSource({ coverage: [proof({ kind: "asserted" })] })] }) },
    ],
    [
      "no source of the map watches it",
      { map: { stores: [smallStore()], sources: [] }, findings: { sources: [] } },
    ],
  ])("… %s", (why, asked) => {
    const [hint] = explained(asked).hints.listed;
    expect(hint?.what).toContain(why);
    expect(hint).toMatchObject({ kind: "gap", adds: 100, atMostThen: 0 });
  });

  test("an unreadable line is named by its place", () => {
    const sources = [found({ rejected: 2, proven: [stretch(-500, 1500)] })];
    const rejectedLines = [{ file: "api/1.jsonl", line: 7, reason: "the line is no JSON" }];
    const map = smallMap({ sources: [smallSource({ coverage: [proof({ kind: "digest" })] })] });
    const [hint] = explained({ map, findings: { sources, rejectedLines } }).hints.listed;
    expect(hint?.what).toContain(
      "in 2 lines that nobody can read (source `api`, as api/1.jsonl:7: the line is no JSON)",
    );
  });

  test("an operation that gives a number of people, not ids: at which lines, and how much it adds", () => {
    const map = smallMap({
      sources: [smallSource({ operations: new Map([["exportUsers", [mapped()]]]) })],
    });
    const sources = [
      found({ accesses: [access({ ...rowsOf(7), rowsSum: 12 }, { operation: "exportUsers" })] }),
    ];
    const events = [
      event(4, { operation: "exportUsers", access: { ...reading(), rows: 7 } }),
      event(5, { operation: "exportUsers", access: { ...reading(), rows: 0 } }),
    ];
    const { hints } = explained({ map, findings: { sources }, events });
    expect(hints.listed).toMatchObject([
      {
        kind: "rows",
        what: "operation `exportUsers` gives a number of people (12 in all), not ids",
        events: { listed: [{ file: "api/1.jsonl", line: 4 }], more: 0 },
        adds: 12,
        atMostThen: 7,
      },
    ]);
  });

  test("an operation that is not in the map: say what it reads", () => {
    const sources = [found({ unclassified: [{ operation: "dump", surely: 3, possibly: 0 }] })];
    const events = [event(4, { operation: "dump", outcome: "unclassified", access: null })];
    const { hints } = explained({ findings: { sources }, events });
    expect(hints.listed).toMatchObject([
      {
        kind: "unclassified",
        settle: "say in the map what `dump` reads, or that it is to be ignored",
        events: { listed: [{ line: 4 }], more: 2 },
        adds: 100,
        atMostThen: 0,
      },
    ]);
  });

  test("a source that does not map a field which the suspect is named by", () => {
    const map = smallMap({ sources: [smallSource({ fields: new Set(["operation"]) })] });
    const accesses = [access({}, { possibly: { reaching: 1 } })];
    const sources = [found({ accesses, suspectEventsPossibly: 1 })];
    const findings = { sources, accountsPossibly: 1 };
    const { hints } = explained({ map, findings, events: [event(400, { surely: false })] });
    expect(hints.listed).toMatchObject([
      {
        kind: "possible",
        what: "source `api` maps no actor, which the suspect is named by: 1 event is only possibly counted",
        adds: 1,
        atMostThen: 0,
      },
    ]);
  });

  test("events whose clock may put them outside the window", () => {
    const map = smallMap({ sources: [smallSource({ skewUs: 2_000_000 })] });
    const accesses = [access({}, { possibly: { reaching: 1 } })];
    const sources = [found({ accesses, suspectEventsPossibly: 1 })];
    const { hints } = explained({ map, findings: { sources }, events: [event(1, { surely: false })] });
    expect(hints.listed[0]?.what).toBe(
      "clocks of source `api` may be wrong by 2 s at an edge of the window: 1 event is only possibly counted",
    );
  });

  test("a store that two things leave open stays open when one is settled; the store's own line says what both bring", () => {
    const sources = [
      found({
        chains: [chain({ holes: [stretch(10, 20)] })],
        unclassified: [{ operation: "dump", surely: 1, possibly: 0 }],
      }),
    ];
    const { hints, bounds } = explained({ findings: { ...named("u-1"), sources } });
    expect(hints.listed.map(({ adds, atMostThen }) => [adds, atMostThen])).toEqual([
      [100, 100],
      [100, 100],
    ]);
    expect(bounds).toMatchObject({
      named: 1,
      rows: 0,
      cap: 100,
      openStores: [{ accounts: 100, atMostThen: 1 }],
    });
  });

  test("what narrows the answer most stands first, and the list is bounded", () => {
    const stores = [smallStore("profiles", ["user.name"], 10), smallStore("vault", ["user.payment"], 60)];
    const operations = new Map<string, never[]>();
    const unclassified = Array.from({ length: explanationLimits.hints + 2 }, (_, index) => ({
      operation: `op-${index}`,
      surely: 1,
      possibly: 0,
    }));
    const map = {
      stores,
      sources: [smallSource({ operations }), smallSource({ name: "till", store: "vault", operations })],
    };
    const sources = [
      found({ unclassified }),
      found({ source: "till", unclassified: [{ operation: "dump", surely: 1, possibly: 0 }] }),
    ];
    const { hints } = explained({ map, findings: { sources } });
    expect(hints.listed[0]).toMatchObject({ id: "h1", source: "till", adds: 60, atMostThen: 10 });
    expect(hints.listed.length).toBe(explanationLimits.hints);
    expect(hints.more).toBe(3);
  });

  test("where nothing narrows the answer alone, what adds most stands first", () => {
    const stores = [smallStore("profiles", ["user.name"], 400), smallStore("vault", ["user.payment"], 600)];
    const map = { stores, sources: [] };
    const { hints } = explained({ map, findings: { sources: [] } });
    expect(hints.listed.map(({ stores: left, adds, atMostThen }) => [left, adds, atMostThen])).toEqual([
      [["vault"], 600, 100],
      [["profiles"], 400, 100],
    ]);
  });

  test("wherever the answer is a range or a class is unknown a hint says why, and no hint promises more than can be", () => {
    const counts: fc.Arbitrary<Partial<AccessCounts>> = fc.record({
      reaching: fc.constant(1),
      opening: fc.nat(1),
      rowsSum: fc.constant(0),
      rowsMax: fc.nat(30),
    });
    const facts = fc.record({
      holes: fc.array(fc.nat(900), { maxLength: 2 }),
      surely: fc.oneof(counts, fc.constant<Partial<AccessCounts>>({})),
      possibly: fc.oneof(counts, fc.constant<Partial<AccessCounts>>({})),
      unclassified: fc.nat(1),
      accounts: fc.nat(20),
      onlyPossibly: fc.nat(5),
      store: fc.nat(120),
    });
    const whole = (given: Partial<AccessCounts>): Partial<AccessCounts> => ({
      ...given,
      rowsSum: given.rowsMax ?? 0,
    });
    fc.assert(
      fc.property(facts, ({ holes: at, surely, possibly, unclassified, accounts, onlyPossibly, store }) => {
        const chains = [chain({ holes: at.map((from) => stretch(from, from + 10)) })];
        const sources = [
          found({
            chains,
            accesses: [access(whole(surely), { possibly: whole(possibly) })],
            unclassified: unclassified === 0 ? [] : [{ operation: "dump", surely: 1, possibly: 0 }],
            suspectEventsPossibly: onlyPossibly + (possibly.reaching ?? 0),
          }),
        ];
        const map = smallMap({ stores: [smallStore("profiles", ["user.name", "user.payment"], store)] });
        const findings = smallFindings({ sources, accounts, accountsPossibly: accounts + onlyPossibly });
        const question = smallQuestion();
        const answer = answerQuestion(map, question, findings);
        const { hints, bounds } = explain({ map, question, findings, answer, events: [], allEvents: true });
        const { atLeast, atMost, kind } = answer.accounts;
        // A store of nobody adds nothing to a range, so an access to it that does not say whom it reached is no hint.
        if (kind === "between" || answer.dataClasses.unknown.length > 0) {
          expect(hints.listed.length).toBeGreaterThan(0);
        }
        for (const { atMostThen } of [...hints.listed, ...bounds.openStores]) {
          expect(atMostThen).toBeGreaterThanOrEqual(atLeast);
          expect(atMostThen).toBeLessThanOrEqual(atMost);
        }
      }),
    );
  });

  test("nothing, where the evidence leaves no question open", () => {
    expect(explained({ findings: named("u-1") }).hints).toEqual({ listed: [], more: 0 });
  });
});
