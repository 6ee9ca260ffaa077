import type { CoverageStretch, CoverageTimeline, ListedEvent } from "@cordon/scope";
import { expect, test } from "vitest";
import { timelineLegend, timelinePicture } from "../src/explain-page/timeline-picture.ts";

const fromMs = Date.UTC(2014, 4, 20);

function instant(second: number): string {
  return new Date(fromMs + second * 1000).toISOString();
}

function timeline(stretches: readonly CoverageStretch[], seconds: number): CoverageTimeline {
  return { from: instant(0), to: instant(seconds), bands: [{ store: "profiles", source: "api", stretches }] };
}

function event(second: number): ListedEvent {
  return {
    file: "api/1.jsonl",
    line: second + 1,
    source: "api",
    time: instant(second),
    operation: "get",
    outcome: "succeeded",
    surely: true,
    access: null,
  };
}

function marks(svg: string, of: RegExp): number {
  return [...svg.matchAll(of)].length;
}

test("as many gaps and events as there may be take no more marks than the picture has places", () => {
  const stretches = Array.from({ length: 40_000 }, (_, second): CoverageStretch => {
    const span = { from: instant(second), to: instant(second + 1) };
    return second % 2 === 0
      ? { state: "proven", ...span, by: ["sequence"] }
      : { state: "gap", ...span, reasons: [second % 4 === 1 ? "sequence" : "heartbeat"] };
  });
  const events = Array.from({ length: 10_000 }, (_, index) => event(index * 4));
  const { text } = timelinePicture(timeline(stretches, 40_000), events);
  expect(marks(text, /class="(?:gap-|proven)/g)).toBeLessThan(900);
  expect(marks(text, /class="mark /g)).toBeLessThan(402);
});

test("the shortest gap is seen, also at the window's end", () => {
  const stretches: readonly CoverageStretch[] = [
    { state: "proven", from: instant(0), to: instant(86_400), by: ["sequence"] },
    { state: "gap", from: instant(86_400), to: instant(86_400), reasons: ["sequence"] },
  ];
  const { text } = timelinePicture(timeline(stretches, 86_400), []);
  const [, x, width] = /class="gap-sequence"\s+x="([\d.]+)%"\s+y="\d+"\s+width="([\d.]+)%"/.exec(text) ?? [];
  expect(Number(width)).toBeGreaterThan(0.1);
  expect(Number(x) + Number(width)).toBeLessThanOrEqual(100);
});

test("the legend has what the picture shows, and nothing else", () => {
  const stretches: readonly CoverageStretch[] = [
    { state: "gap", from: instant(0), to: instant(10), reasons: ["digest", "asserted"] },
  ];
  const { text } = timelineLegend(timeline(stretches, 10), [{ ...event(1), outcome: "refused" }]);
  expect(text).toContain("not proven by its digests");
  expect(text).toContain("refused attempts");
  expect(text).not.toMatch(/watched, proven|word only|reads that succeeded/);
});
