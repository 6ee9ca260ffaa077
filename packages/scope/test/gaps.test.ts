import { describe, expect, test } from "vitest";
import { answerQuestion, type Answer, type MapFacts, type SourceFindings } from "../src/index.ts";
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

function ask(map: MapFacts, ...sources: readonly SourceFindings[]): Answer {
  return answerQuestion(map, smallQuestion(), smallFindings({ sources }));
}

/** The gaps of one source, in seconds of the window. */
function gaps(map: MapFacts, ...sources: readonly SourceFindings[]): string[] {
  return ask(map, ...sources).coverage.gaps.map(
    ({ from, to, reason }) => `${reason} ${seconds(from)}–${seconds(to)}`,
  );
}

function seconds(time: string): number {
  return (Date.parse(time) * 1000 - at(0)) / 1_000_000;
}

function proven(...coverage: Parameters<typeof proof>[]): MapFacts {
  return smallMap({ sources: [smallSource({ coverage: coverage.map((entry) => proof(...entry)) })] });
}

const numbers = { kind: "sequence", chains: null } as const;
const minutely = { kind: "heartbeat", everyUs: 60_000_000, skewUs: 2_000_000 } as const;
const digests = { kind: "digest" } as const;
const asserted = { kind: "asserted" } as const;

describe("gaps", () => {
  test("`complete` means no gap inside the window for any store", () => {
    expect(ask(smallMap(), found()).coverage).toMatchObject({ complete: true, gaps: [] });
    const stores = [smallStore(), smallStore("vault", ["user.payment"])];
    expect(ask(smallMap({ stores }), found()).coverage.complete).toBe(false);
  });

  test("are cut to the window", () => {
    const holes = [stretch(-5, 5), stretch(990, 1200)];
    expect(gaps(smallMap(), found({ chains: [chain({ holes })] }))).toEqual([
      "sequence 0–5",
      `sequence 990–${windowSeconds}`,
    ]);
  });

  test("one entry for each source, store, reason and unbroken stretch", () => {
    const chains = [
      chain({ chain: "a", holes: [stretch(10, 20), stretch(40, 50)] }),
      chain({ chain: "b", holes: [stretch(15, 40)] }),
    ];
    const operations = new Map([["pay", [mapped("vault", ["user.payment"])]]]);
    const map = smallMap({
      stores: [smallStore(), smallStore("vault", ["user.payment"])],
      sources: [smallSource({ operations })],
    });
    const gap = { source: "api", from: text(10), to: text(50), reason: "sequence" };
    expect(ask(map, found({ chains })).coverage.gaps).toEqual([
      { ...gap, store: "profiles" },
      { ...gap, store: "vault" },
    ]);
  });

  test("sorted by from, source, store, reason", () => {
    const coverage = [proof(asserted, -500, 300), proof(digests, 0, 1500)];
    const map = {
      stores: [smallStore(), smallStore("vault", ["user.payment"]), smallStore("attic", ["user.name"])],
      sources: [
        smallSource({ name: "b", coverage }),
        smallSource({ name: "a", coverage: [proof(digests, 0, 1500)] }),
        smallSource({
          name: "c",
          store: "vault",
          coverage: [proof(numbers, 7, 1500)],
          operations: new Map(),
        }),
      ],
    };
    const sources = [found({ source: "a" }), found({ source: "b" }), found({ source: "c" })];
    const listed = ask(map, ...sources).coverage.gaps;
    expect(listed.map(({ source, store, reason }) => [source, store, reason])).toEqual([
      [null, "attic", "uncovered"],
      ["a", "profiles", "digest"],
      ["b", "profiles", "asserted"],
      ["b", "profiles", "digest"],
      ["c", "vault", "uncovered"],
    ]);
  });

  test("there may be as many as there are lines", () => {
    const holes = Array.from({ length: 200_000 }, (_, index) => {
      const fromUs = at(0) + index * 4000;
      return { fromUs, toUs: fromUs + 2000 };
    });
    expect(ask(smallMap(), found({ chains: [chain({ holes })] })).coverage.gaps.length).toBe(200_000);
  });

  test("a gap outside the window changes nothing", () => {
    const holes = [stretch(-50, -1), stretch(windowSeconds, 1200)];
    expect(ask(smallMap(), found({ chains: [chain({ holes })] }))).toEqual(ask(smallMap(), found()));
  });

  test("a source without `coverage` is a gap over the whole window (`uncovered`)", () => {
    expect(gaps(proven(), found())).toEqual([`uncovered 0–${windowSeconds}`]);
  });

  test('so is a store that no source watches (`"source": null`)', () => {
    const stores = [smallStore(), smallStore("vault", ["user.payment"])];
    expect(ask(smallMap({ stores }), found()).coverage.gaps).toEqual([
      { source: null, store: "vault", from: text(0), to: text(windowSeconds), reason: "uncovered" },
    ]);
  });

  test("sources of the same store watch different doors: a gap in any of them leaves the store open", () => {
    const map = smallMap({ sources: [smallSource(), smallSource({ name: "back-door" })] });
    const answer = ask(map, found(), found({ source: "back-door", chains: [] }));
    expect(answer.coverage.openStores.map(({ store }) => store)).toEqual(["profiles"]);
  });
});

describe("`sequence`", () => {
  test("coverage before the first and after the last numbered line is not proven and is a gap too", () => {
    const chains = [chain({ firstUs: at(10), lastUs: at(900) })];
    expect(gaps(smallMap(), found({ chains }))).toEqual(["sequence 0–10", `sequence 900–${windowSeconds}`]);
  });

  test("an expected chain that is absent is a gap over the whole entry, one that is not expected is reported", () => {
    const map = proven([{ kind: "sequence", chains: ["web-1", "web-2"] }, -500, 600], [numbers, 600, 1500]);
    const chains = [chain({ chain: "web-1" }), chain({ chain: "web-3" })];
    expect(gaps(map, found({ chains }))).toEqual(["sequence 0–600"]);
    expect(ask(map, found({ chains })).contradictions).toEqual([
      { kind: "unexpected-chain", source: "api", what: "chain `web-3` is not among the expected ones" },
    ]);
  });

  test("an unreadable line in a `sequence` source opens no gap of its own", () => {
    expect(gaps(smallMap(), found({ rejected: 3 }))).toEqual([]);
  });
});

describe("`rejected`", () => {
  test.each([minutely, digests, asserted])(
    "in any other source an unreadable line leaves the whole window open ($kind)",
    (kind) => {
      const sources = found({ rejected: 1, alive: [stretch(-500, 1500)], proven: [stretch(-500, 1500)] });
      expect(gaps(proven([kind]), sources)).toContain(`rejected 0–${windowSeconds}`);
    },
  );

  test("beside `sequence` entries it leaves the other entries open, which no number proves", () => {
    const map = proven([numbers, -500, 400], [digests, 400, 1500]);
    const sources = found({ rejected: 1, proven: [stretch(400, 1500)] });
    expect(gaps(map, sources)).toEqual([`rejected 400–${windowSeconds}`]);
  });
});

describe("`heartbeat`", () => {
  const watched = proven([minutely]);

  test("two consecutive lines more than `every` plus `skew` apart are a gap from one to the other", () => {
    const alive = [stretch(-500, 100), stretch(163, 1500)];
    expect(gaps(watched, found({ alive }))).toEqual(["heartbeat 100–163"]);
  });

  test("lines exactly so far apart are none", () => {
    const alive = [stretch(-500, 100), stretch(162, 1500)];
    expect(gaps(watched, found({ alive }))).toEqual([]);
  });

  test("lines outside the entry and the window count as neighbours; the gap is cut to both", () => {
    const map = proven([minutely, 200, 300], [numbers, -500, 200], [numbers, 300, 1500]);
    const alive = [stretch(-500, 150), stretch(220, 290), stretch(353, 1500)];
    expect(gaps(map, found({ alive }))).toEqual(["heartbeat 200–220", "heartbeat 290–300"]);
    const around = [stretch(-500, -40), stretch(30, 980), stretch(1050, 1500)];
    expect(gaps(watched, found({ alive: around }))).toEqual([
      "heartbeat 0–30",
      `heartbeat 980–${windowSeconds}`,
    ]);
  });

  test("so is a longer silence between an edge of the coverage and the next line", () => {
    const map = proven([minutely, 100, 900], [numbers, -500, 100], [numbers, 900, 1500]);
    expect(gaps(map, found({ alive: [stretch(163, 837)] }))).toEqual([
      "heartbeat 100–163",
      "heartbeat 837–900",
    ]);
    expect(gaps(map, found({ alive: [stretch(162, 838)] }))).toEqual([]);
  });

  test("no line at all is a gap over the whole entry, however short", () => {
    expect(gaps(watched, found())).toEqual([`heartbeat 0–${windowSeconds}`]);
    const map = proven([minutely, 100, 110], [numbers, -500, 100], [numbers, 110, 1500]);
    expect(gaps(map, found())).toEqual(["heartbeat 100–110"]);
  });

  test("each entry is proven by its own proof: a silence in another entry is none of heartbeat's", () => {
    const map = proven([numbers, -500, 500], [minutely, 500, 1500]);
    const alive = [stretch(-500, 100), stretch(400, 1500)];
    expect(gaps(map, found({ alive }))).toEqual([]);
  });
});

describe("`digest`", () => {
  test("hours that the chain does not prove are gaps", () => {
    const map = proven([digests]);
    expect(gaps(map, found({ proven: [stretch(-500, 300), stretch(600, 900)] }))).toEqual([
      "digest 300–600",
      `digest 900–${windowSeconds}`,
    ]);
    expect(gaps(map, found({ proven: [stretch(-1, 400), stretch(400, 1001)] }))).toEqual([]);
    expect(gaps(map, found())).toEqual([`digest 0–${windowSeconds}`]);
  });

  test("what is wrong with the digests stands in `contradictions`", () => {
    const sources = found({ proven: [stretch(-500, 1500)], digestProblems: ["the signature is wrong"] });
    expect(ask(proven([digests]), sources).contradictions).toEqual([
      { kind: "digest", source: "api", what: "the signature is wrong" },
    ]);
  });
});

describe("`asserted`", () => {
  test("is somebody's word: a gap of reason `asserted`, except in `ifAssertionsHold`", () => {
    const answer = ask(proven([asserted]), found());
    expect(answer.coverage.gaps).toEqual([
      { source: "api", store: "profiles", from: text(0), to: text(windowSeconds), reason: "asserted" },
    ]);
    expect(answer.accounts).toEqual({ kind: "between", atLeast: 0, atMost: 100 });
    expect(answer.ifAssertionsHold).toEqual({
      accounts: { kind: "exactly", atLeast: 0, atMost: 0 },
      dataClasses: { accessed: [], notAccessed: ["user.name"], unknown: [] },
      complete: true,
    });
  });

  test("`asserted`: every source with an asserted entry that reaches into the window", () => {
    const reaching = smallSource({ name: "b", coverage: [proof(asserted, -500, 1)] });
    const before = smallSource({ name: "a", coverage: [proof(asserted, -500, 0), proof(numbers, 0, 1500)] });
    const sources = [found({ source: "b" }), found({ source: "a" })];
    expect(ask(smallMap({ sources: [reaching, before] }), ...sources).coverage.asserted).toEqual(["b"]);
    const outside = ask(smallMap({ sources: [before] }), found({ source: "a" }));
    expect(outside.coverage).toMatchObject({ asserted: [], complete: true });
    expect(outside).not.toHaveProperty("ifAssertionsHold");
  });

  test("nothing is ever `exactly` on somebody's word, not where a proof covers the same time", () => {
    const answer = ask(proven([numbers], [asserted, 10, 20]), found());
    expect(answer.accounts.kind).toBe("between");
    expect(answer.ifAssertionsHold?.accounts.kind).toBe("exactly");
  });

  test("other gaps stay in `ifAssertionsHold`", () => {
    const answer = ask(proven([asserted]), found({ rejected: 1 }));
    expect(answer.ifAssertionsHold).toMatchObject({ complete: false, accounts: { kind: "between" } });
  });
});
