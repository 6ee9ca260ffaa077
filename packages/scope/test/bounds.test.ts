import { InputError } from "@cordon/model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerQuestion, type Answer, type Findings, type MapFacts } from "../src/index.ts";
import {
  access,
  at,
  chain,
  found,
  mapped,
  named,
  rowsOf,
  smallFindings,
  smallMap,
  smallQuestion,
  smallSource,
  smallStore,
  stretch,
} from "./support/small-case.ts";

function ask(more: Partial<Findings> = {}, map: MapFacts = smallMap(), decoys: string[] = []): Answer {
  return answerQuestion(map, smallQuestion({ decoys }), smallFindings(more));
}

const hole = found({ chains: [chain({ holes: [stretch(10, 20)] })] });

describe("`atLeast`", () => {
  test("= max(distinct accounts named by successful suspect reads, largest single `rows`)", () => {
    const rows = [access({ ...rowsOf(7), rowsSum: 12 })];
    expect(
      ask({ accounts: 3, accountsPossibly: 3, sources: [found({ accesses: rows })] }).accounts.atLeast,
    ).toBe(7);
    expect(
      ask({ accounts: 9, accountsPossibly: 9, sources: [found({ accesses: rows })] }).accounts.atLeast,
    ).toBe(9);
  });

  test("a `rows` count adds at least max(0, rows − decoys)", () => {
    const sources = [found({ accesses: [access(rowsOf(3))] })];
    expect(ask({ sources }, smallMap(), ["c-1", "c-2"]).accounts.atLeast).toBe(1);
    expect(ask({ sources }, smallMap(), ["c-1", "c-2", "c-3", "c-4"]).accounts.atLeast).toBe(0);
  });

  test("what is only possibly inside counts in `atMost`, not in `atLeast`", () => {
    const sources = [found({ accesses: [access({}, { possibly: rowsOf(40) })] })];
    expect(ask({ sources, accountsPossibly: 2 }).accounts).toEqual({
      kind: "between",
      atLeast: 0,
      atMost: 42,
    });
  });
});

describe("`atMost`", () => {
  test("= named accounts + the sum of all `rows`", () => {
    const sources = [found({ accesses: [access({ reaching: 2, rowsSum: 12, rowsMax: 7 })] })];
    expect(ask({ ...named("u-1", "u-2"), sources }).accounts).toEqual({
      kind: "between",
      atLeast: 7,
      atMost: 14,
    });
  });

  test("+ the population of every store that a gap leaves open", () => {
    const stores = [smallStore("profiles", ["user.name"], 30)];
    const sources = [{ ...hole, accesses: [access({ reaching: 1 })] }];
    expect(ask({ ...named("u-1"), sources }, smallMap({ stores })).accounts.atMost).toBe(31);
  });

  test("+ the population of every store that an unclassified success leaves open", () => {
    const stores = [smallStore("profiles", ["user.name"], 30)];
    const sources = [found({ unclassified: [{ operation: "dump", surely: 1, possibly: 0 }] })];
    expect(ask({ sources }, smallMap({ stores })).accounts.atMost).toBe(30);
  });

  test("an unclassified operation could have read any class of its source's store, without one each that it watches", () => {
    const stores = [smallStore("profiles", ["user.name"], 30), smallStore("vault", ["user.payment"], 5)];
    const operations = new Map([
      ["get", [mapped("profiles")]],
      ["pay", [mapped("vault", ["user.payment"])]],
    ]);
    const sources = [found({ unclassified: [{ operation: "dump", surely: 1, possibly: 0 }] })];
    const withDefault = ask({ sources }, { stores, sources: [smallSource({ operations })] });
    expect(withDefault.dataClasses).toEqual({
      accessed: [],
      notAccessed: ["user.payment"],
      unknown: ["user.name"],
    });
    const without = ask({ sources }, { stores, sources: [smallSource({ store: null, operations })] });
    expect(without.accounts.atMost).toBe(35);
    expect(without.dataClasses.unknown).toEqual(["user.name", "user.payment"]);
  });

  test("a store that several things leave open counts once", () => {
    const stores = [smallStore("profiles", ["user.name"], 30)];
    const sources = [
      {
        ...hole,
        accesses: [access({ reaching: 1, opening: 1 })],
        unclassified: [{ operation: "dump", surely: 1, possibly: 0 }],
      },
    ];
    const answer = ask({ sources }, smallMap({ stores }));
    expect(answer.accounts.atMost).toBe(30);
    expect(answer.coverage.openStores).toEqual([
      { store: "profiles", accounts: 30, because: ["gap", "unclassified", "people-unknown"] },
    ]);
  });

  test("capped by the directory's number", () => {
    expect(ask({ sources: [hole], accountsPossibly: 60 }).accounts.atMost).toBe(100);
  });

  test("never below `atLeast`", () => {
    fc.assert(
      fc.property(
        fc.record({
          accounts: fc.nat(50),
          more: fc.nat(50),
          population: fc.nat(60),
          rowsMax: fc.nat(80),
          rowsMore: fc.nat(80),
          decoys: fc.nat(3),
          open: fc.boolean(),
        }),
        ({ accounts, more, population, rowsMax, rowsMore, decoys, open }) => {
          const counts = { reaching: 1, rowsMax, rowsSum: rowsMax + rowsMore };
          const base = open ? hole : found();
          const { kind, atLeast, atMost } = ask(
            {
              accounts,
              accountsPossibly: accounts + more,
              population,
              sources: [{ ...base, accesses: [access(counts)] }],
            },
            smallMap(),
            Array.from({ length: decoys }, (_, index) => `c-${index}`),
          ).accounts;
          expect(atMost).toBeGreaterThanOrEqual(atLeast);
          expect(kind).toBe(atLeast === atMost && !open ? "exactly" : "between");
        },
      ),
    );
  });

  test("a `rows` count over the directory's number is reported in `contradictions` and raises the cap", () => {
    const over = { ...rowsOf(130), rowsOver: 1, rowsExcess: 30 };
    const answer = ask({ sources: [found({ accesses: [access(over)] })] });
    expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 130, atMost: 130 });
    expect(answer.contradictions).toEqual([
      { kind: "rows-over-population", source: "api", what: "`get` reached 130 people, but there are 100" },
    ]);
    const opened = ask({ sources: [{ ...hole, accesses: [access({ ...over, rowsMax: 90 })] }] });
    expect(opened.accounts.atMost).toBe(130);
  });

  test("an account that the directory lacks is a person: it raises the cap by one", () => {
    const sources = [{ ...hole, accesses: [access({ reaching: 1 })] }];
    const answer = ask({ ...named("stranger"), sources, accountsLacking: 1 });
    expect(answer.accounts).toEqual({ kind: "between", atLeast: 1, atMost: 101 });
    expect(answer.accountIds).toEqual(["stranger"]);
  });
});

describe("`kind`", () => {
  test("is `exactly` only when both are equal and coverage is complete", () => {
    expect(ask(named("u-1")).accounts).toEqual({ kind: "exactly", atLeast: 1, atMost: 1 });
  });

  test("else `between`, also when both are equal", () => {
    const sources = [{ ...hole, accesses: [access({ reaching: 1 })] }];
    expect(ask({ ...named("u-1"), sources, population: 1 }).accounts).toEqual({
      kind: "between",
      atLeast: 1,
      atMost: 1,
    });
  });
});

describe("a read whose people are missing", () => {
  test("touches its classes and leaves its store open (coverage stays as it is)", () => {
    const answer = ask({ sources: [found({ accesses: [access({ reaching: 1, opening: 1 })] })] });
    expect(answer.accounts).toEqual({ kind: "between", atLeast: 0, atMost: 100 });
    expect(answer.dataClasses.accessed).toEqual(["user.name"]);
    expect(answer.coverage).toMatchObject({ complete: true, gaps: [] });
  });

  test("an empty list and rows 0 are reads of nobody", () => {
    const answer = ask({ sources: [found({ accesses: [access({}), access({ reaching: 0, rowsSum: 0 })] })] });
    expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 0, atMost: 0 });
    expect(answer.dataClasses).toEqual({ accessed: [], notAccessed: ["user.name"], unknown: [] });
  });
});

describe("the directory", () => {
  test('without it `--population N` is both "all" and the cap', () => {
    expect(ask({ sources: [hole], population: 40 }).accounts.atMost).toBe(40);
  });

  test("with neither, a map that says `all` is wrong input", () => {
    expect(() => ask({ population: null })).toThrow(InputError);
    const stores = [smallStore("profiles", ["user.name"], 5)];
    expect(ask({ population: null, sources: [hole] }, smallMap({ stores })).accounts.atMost).toBe(5);
  });

  test("without a directory nothing caps what the map's own numbers add up to", () => {
    const stores = [smallStore("profiles", ["user.name"], 5)];
    const sources = [{ ...hole, accesses: [access({ ...rowsOf(8) })] }];
    expect(ask({ population: null, sources }, smallMap({ stores })).accounts.atMost).toBe(13);
  });
});

describe("what else the answer tells", () => {
  test("`attempted`, `effects`, `decoysTouched`, `decoysTouchedByOthers` are what was found; refused attempts are never exposure", () => {
    const facts = {
      attempted: { events: 12, accounts: 3 },
      effects: { read: 1, write: 2, delete: 3 },
      decoysTouched: ["c-1"],
      decoysTouchedByOthers: ["c-2"],
    };
    const answer = ask(facts);
    expect(answer).toMatchObject(facts);
    expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 0, atMost: 0 });
  });

  test("`firstAccess`, `lastAccess`: to the millisecond, else null", () => {
    const answer = ask({ firstAccessUs: at(1) + 999, lastAccessUs: at(2) });
    expect(answer.firstAccess).toBe("2014-05-20T00:00:01.000Z");
    expect(answer.lastAccess).toBe("2014-05-20T00:00:02.000Z");
    expect(ask()).toMatchObject({ firstAccess: null, lastAccess: null });
  });

  test("`unclassified`: the events inside the window, and their operations, sorted", () => {
    const unclassified = [
      { operation: "z", surely: 2, possibly: 0 },
      { operation: "a", surely: 1, possibly: 1 },
      { operation: "b", surely: 0, possibly: 1 },
    ];
    const answer = ask({ sources: [found({ unclassified })] });
    expect(answer.unclassified).toEqual({ events: 3, operations: ["a", "z"] });
    expect(answer.possible.unclassified).toBe(2);
  });

  test("`events`: distinct readable events; `duplicates`: readable lines less events; `rejected`: unreadable lines", () => {
    const rejectedLines = [{ file: "api/1.jsonl", line: 3, reason: "no JSON" }];
    const sources = [found({ readable: 12, events: 9, rejected: 1, suspectEvents: 4 })];
    expect(ask({ sources, rejectedLines }).evidence).toEqual({
      events: 9,
      duplicates: 3,
      rejected: 1,
      rejectedLines,
      suspectEvents: 4,
      digest: "sha256:00",
    });
    expect(ask({ rejectedLines }).evidence).not.toHaveProperty("rejectedLines");
  });

  test("`accountIds` is cut after 10,000, and says so", () => {
    const cut = ask({ ...named("u-1"), accounts: 2, accountsPossibly: 2 });
    expect(cut).toMatchObject({ accountIds: ["u-1"], accountIdsTruncated: true });
    expect(ask(named("u-1")).accountIdsTruncated).toBe(false);
  });

  test("`assumptions` are what no log can show", () => {
    expect(ask().assumptions).toEqual([
      "doors-complete",
      "suspects-complete",
      "logs-not-writable-by-suspects",
    ]);
  });

  test("`answerDigest` is over the answer without itself and `rejectedLines`", () => {
    const sources = [found({ rejected: 1 })];
    const digestOf = (reason: string): string =>
      ask({ sources, rejectedLines: [{ file: "api/1.jsonl", line: 3, reason }] }).answerDigest;
    expect(digestOf("no JSON")).toBe(digestOf("no time"));
    expect(ask().answerDigest).not.toBe(ask({ attempted: { events: 1, accounts: 0 } }).answerDigest);
  });
});
