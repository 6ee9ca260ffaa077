import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  answerQuestion,
  coverageTimeline,
  type CoverageFacts,
  type CoverageStretch,
  type SourceFindings,
} from "../src/index.ts";
import {
  at,
  chain,
  found,
  mapped,
  proof,
  smallFindings,
  smallMap,
  smallQuestion,
  smallSource,
  smallStore,
  stretch,
  text,
  windowSeconds,
} from "./support/small-case.ts";

/** The stretches of the only band, in seconds of the window. */
function band(coverage: readonly CoverageFacts[], findings: SourceFindings): string[] {
  const map = smallMap({ sources: [smallSource({ coverage })] });
  const { bands } = coverageTimeline(map, smallQuestion(), [findings]);
  expect(bands.length).toBe(1);
  return (bands[0]?.stretches ?? []).map(
    (one) => `${seconds(one.from)}–${seconds(one.to)} ${one.state} ${said(one)}`,
  );
}

function said(one: CoverageStretch): string {
  return (one.state === "gap" ? one.reasons : one.by).join("+");
}

function seconds(time: string): number {
  return (Date.parse(time) * 1000 - at(0)) / 1_000_000;
}

const numbers = { kind: "sequence", chains: null } as const;
const minutely = { kind: "heartbeat", everyUs: 60_000_000, skewUs: 0 } as const;

describe("the timeline", () => {
  test("says by what each stretch is proven, or why it is a gap", () => {
    const coverage = [proof(numbers, -500, 400), proof(minutely, 300, 800)];
    const findings = found({
      chains: [chain({ holes: [stretch(10, 20)] })],
      alive: [stretch(-500, 500), stretch(600, 1500)],
    });
    expect(band(coverage, findings)).toEqual([
      "0–10 proven sequence",
      "10–20 gap sequence",
      "20–300 proven sequence",
      "300–400 proven sequence+heartbeat",
      "400–500 proven heartbeat",
      "500–600 gap heartbeat",
      "600–800 proven heartbeat",
      "800–1000 gap uncovered",
    ]);
  });

  test("shows a gap of no length between two lines of one instant", () => {
    const findings = found({ chains: [chain({ holes: [stretch(10, 10), stretch(0, 0)] })] });
    expect(band([proof(numbers)], findings)).toEqual([
      "0–0 gap sequence",
      "0–10 proven sequence",
      "10–10 gap sequence",
      "10–1000 proven sequence",
    ]);
  });

  test("gives all reasons that hold at once", () => {
    expect(band([proof({ kind: "asserted" }, 0, 600)], found({ rejected: 1 }))).toEqual([
      "0–600 gap rejected+asserted",
      "600–1000 gap uncovered+rejected",
    ]);
  });

  test("has one band for each store and each source that watches it, and one for a store that none watches", () => {
    const operations = new Map([["pay", [mapped("vault", ["user.payment"])]]]);
    const map = smallMap({
      stores: [smallStore(), smallStore("vault", ["user.payment"]), smallStore("attic", ["user.location"])],
      sources: [smallSource({ operations }), smallSource({ name: "batch" })],
    });
    const { bands } = coverageTimeline(map, smallQuestion(), [found(), found({ source: "batch" })]);
    expect(bands.map(({ store, source }) => [store, source])).toEqual([
      ["profiles", "api"],
      ["profiles", "batch"],
      ["vault", "api"],
      ["attic", null],
    ]);
    expect(bands.at(-1)?.stretches).toEqual([
      { state: "gap", from: text(0), to: text(windowSeconds), reasons: ["uncovered"] },
    ]);
  });

  test("covers the window without a hole, and its gaps are the answer's", () => {
    const second = fc.integer({ min: -200, max: 1200 });
    const part = fc.tuple(second, second).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const entry = fc.tuple(part, fc.constantFrom(numbers, minutely, { kind: "asserted" } as const));
    const shape = fc.record({
      entries: fc.array(entry, { maxLength: 4 }),
      holes: fc.array(part, { maxLength: 3 }),
      lines: fc.array(part, { maxLength: 3 }),
      rejected: fc.nat(1),
    });
    fc.assert(
      fc.property(shape, ({ entries, holes, lines, rejected }) => {
        const coverage = entries
          .filter(([[from, to]]) => from < to)
          .map(([[from, to], kind]) => proof(kind, from, to));
        const map = smallMap({ sources: [smallSource({ coverage })] });
        const alive = [...lines].sort(([a], [b]) => a - b).map(([from]) => stretch(from, from));
        const chains = [chain({ holes: holes.map(([from, to]) => stretch(from, to)) })];
        const sources = [found({ chains, alive, rejected })];
        const { bands } = coverageTimeline(map, smallQuestion(), sources);
        const stretches = bands[0]?.stretches ?? [];
        expect(stretches[0]?.from).toBe(text(0));
        expect(stretches.at(-1)?.to).toBe(text(windowSeconds));
        for (const [index, one] of stretches.slice(1).entries()) {
          expect(one.from).toBe(stretches[index]?.to);
        }
        const { coverage: told } = answerQuestion(map, smallQuestion(), smallFindings({ sources }));
        for (const one of stretches) {
          const reasons = told.gaps
            .filter((gap) => gap.from <= one.from && gap.to >= one.to)
            .map((gap) => gap.reason);
          if (one.state === "gap") for (const reason of one.reasons) expect(reasons).toContain(reason);
          else expect(reasons).toEqual([]);
        }
        expect(stretches.every(({ state }) => state === "proven")).toBe(told.complete);
      }),
    );
  });
});
