import { describe, expect, test } from "vitest";
import { explanationLimits } from "../src/index.ts";
import { event, explained, reading } from "./support/explained.ts";
import {
  access,
  chain,
  found,
  named,
  proof,
  smallMap,
  smallSource,
  smallStore,
  stretch,
  text,
  windowSeconds,
} from "./support/small-case.ts";

describe("for each person the very events that put them in", () => {
  test("file, line and time; first who surely counts, then who only possibly does", () => {
    const events = [
      event(1, { surely: false, access: reading("a-9") }),
      event(2),
      event(3, { access: reading("u-2", "u-1") }),
    ];
    const { people } = explained({ findings: { ...named("u-1", "u-2"), accountsPossibly: 3 }, events });
    expect(
      people.listed.map(({ account, surely, events: of }) => [account, surely, of.listed.length]),
    ).toEqual([
      ["u-1", true, 2],
      ["u-2", true, 1],
      ["a-9", false, 1],
    ]);
    expect(people.listed[1]?.events.listed).toEqual([
      { file: "api/1.jsonl", line: 3, time: text(3), source: "api", operation: "get", surely: true },
    ]);
    expect(people.more).toBe(0);
  });

  test("a person beyond the answer's list of accounts surely counts when an event says so", () => {
    const { people } = explained({ findings: { ...named("u-1"), accountIds: [] }, events: [event(1)] });
    expect(people.listed).toMatchObject([{ account: "u-1", surely: true }]);
  });

  test("decoys are no people, and refused attempts put nobody in", () => {
    const events = [
      event(1, { access: reading("c-1", "u-1") }),
      event(2, { outcome: "refused", access: null }),
    ];
    const { people } = explained({ findings: named("u-1"), events, decoys: ["c-1"] });
    expect(people.listed.map(({ account, events: of }) => [account, of.listed.length])).toEqual([["u-1", 1]]);
  });

  test("the lists are bounded, and say how many more there are", () => {
    const many = Array.from({ length: explanationLimits.people + 5 }, (_, index) => `u-${index}`);
    const few = Array.from({ length: explanationLimits.events + 3 }, (_, index) => event(index + 2));
    const events = [event(1, { access: reading(...many) }), ...few];
    const { people } = explained({ findings: named(...many), events });
    expect(people.listed.length).toBe(explanationLimits.people);
    expect(people.more).toBe(5);
    const person = people.listed.find(({ account }) => account === "u-1");
    expect(person?.events).toMatchObject({ more: 4 });
    expect(person?.events.listed.length).toBe(explanationLimits.events);
  });
});

describe("for each class why it is where it is", () => {
  const map = smallMap({ stores: [smallStore("profiles", ["user.name", "user.payment"])] });

  test("accessed: the events that touched it, without reads of nobody and of decoys alone", () => {
    const events = [
      event(1, { access: reading() }),
      event(2, { access: reading("c-1") }),
      event(3),
      event(4, { access: { ...reading(), rows: 4 } }),
      event(5, { surely: false }),
    ];
    const { classes } = explained({ map, findings: named("u-1"), events, decoys: ["c-1"] });
    expect(classes.accessed.map(({ dataClass }) => dataClass)).toEqual(["user.name"]);
    expect(classes.accessed[0]?.events.listed.map(({ line }) => line)).toEqual([3, 4]);
  });

  test("not accessed: the coverage that says so", () => {
    const coverage = [
      proof({ kind: "sequence", chains: null }, -500, 400),
      proof({ kind: "digest" }, 400, 1500),
    ];
    const sources = [found({ proven: [stretch(400, 1500)] })];
    const { classes } = explained({
      map: smallMap({ sources: [smallSource({ coverage })] }),
      findings: { sources },
    });
    expect(classes.notAccessed).toEqual([
      {
        dataClass: "user.name",
        watched: [
          {
            store: "profiles",
            source: "api",
            proven: [
              { from: text(0), to: text(400), by: ["sequence"] },
              { from: text(400), to: text(windowSeconds), by: ["digest"] },
            ],
            more: 0,
          },
        ],
      },
    ]);
  });

  test("unknown: the stores that could have been read unseen, and the hints that speak of them", () => {
    const sources = [found({ chains: [chain({ holes: [stretch(10, 20)] })] })];
    const { classes, hints } = explained({ findings: { sources } });
    expect(classes.unknown).toMatchObject([
      { dataClass: "user.name", openStores: ["profiles"], hints: ["h1"], events: { listed: [] } },
    ]);
    expect(hints.listed.map(({ id }) => id)).toEqual(["h1"]);
  });

  test("unknown: the events that possibly touched it", () => {
    const sources = [
      found({ accesses: [access({}, { possibly: { reaching: 1 } })], suspectEventsPossibly: 1 }),
    ];
    const { classes } = explained({ findings: { sources }, events: [event(1, { surely: false })] });
    expect(classes.unknown).toMatchObject([
      { dataClass: "user.name", openStores: [], hints: ["h1"], events: { listed: [{ line: 1 }], more: 0 } },
    ]);
  });
});

test("the assumptions stand there in plain words", () => {
  const { assumptions } = explained({});
  expect(assumptions.map(({ assumption }) => assumption)).toEqual([
    "doors-complete",
    "suspects-complete",
    "logs-not-writable-by-suspects",
  ]);
  for (const { means } of assumptions) expect(means.length).toBeGreaterThan(40);
});
