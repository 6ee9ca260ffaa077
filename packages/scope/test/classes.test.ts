import type { DataClass } from "@cordon/model";
import { expect, test } from "vitest";
import { answerQuestion, type DataClasses, type MapFacts, type SourceFindings } from "../src/index.ts";
import {
  access,
  chain,
  found,
  mapped,
  rowsOf,
  smallFindings,
  smallMap,
  smallQuestion,
  smallSource,
  smallStore,
  stretch,
} from "./support/small-case.ts";

function classes(map: MapFacts, ...sources: readonly SourceFindings[]): DataClasses {
  return answerQuestion(map, smallQuestion(), smallFindings({ sources })).dataClasses;
}

function storing(...held: readonly DataClass[]): MapFacts {
  return smallMap({ stores: [smallStore("profiles", held)] });
}

const holes = [chain({ holes: [stretch(10, 20)] })];

test("a class is `accessed` when a successful suspect read touched it", () => {
  const map = storing("user.name", "user.payment");
  expect(classes(map, found({ accesses: [access({ reaching: 1 })] }))).toEqual({
    accessed: ["user.name"],
    notAccessed: ["user.payment"],
    unknown: [],
  });
});

test("it stays `accessed` in spite of a gap", () => {
  const map = storing("user.name", "user.payment");
  expect(classes(map, found({ accesses: [access({ reaching: 1 })], chains: holes }))).toEqual({
    accessed: ["user.name"],
    notAccessed: [],
    unknown: ["user.payment"],
  });
});

test("`notAccessed` only when every store that holds it was watched without a gap", () => {
  const stores = [smallStore(), smallStore("copies", ["user.name"])];
  const sources = [smallSource(), smallSource({ name: "copier", store: "copies" })];
  const map = { stores, sources };
  const whole = classes(map, found(), found({ source: "copier" }));
  expect(whole).toEqual({ accessed: [], notAccessed: ["user.name"], unknown: [] });
  const broken = classes(map, found(), found({ source: "copier", chains: holes }));
  expect(broken).toEqual({ accessed: [], notAccessed: [], unknown: ["user.name"] });
});

test("… and no unclassified success of a suspect left it open, not even one that is only possibly theirs", () => {
  for (const counts of [
    { surely: 1, possibly: 0 },
    { surely: 0, possibly: 1 },
  ]) {
    const unclassified = [{ operation: "dump", ...counts }];
    expect(classes(smallMap(), found({ unclassified })).unknown).toEqual(["user.name"]);
  }
});

test("the classes that a possible event would touch are `unknown` unless accessed otherwise", () => {
  const possibly = access({}, { possibly: { reaching: 1 } });
  expect(classes(smallMap(), found({ accesses: [possibly] })).unknown).toEqual(["user.name"]);
  const both = access({ reaching: 1 }, { possibly: { reaching: 1 } });
  expect(classes(smallMap(), found({ accesses: [both] })).accessed).toEqual(["user.name"]);
});

test("a read of class R touches class C when either covers the other", () => {
  const reading = (read: DataClass): MapFacts =>
    smallMap({
      stores: [smallStore("profiles", ["user.contact", "user.contact.email", "user.name"])],
      sources: [smallSource({ operations: new Map([["get", [mapped("profiles", [read])]]]) })],
    });
  const sources = found({ accesses: [access(rowsOf(1))] });
  expect(classes(reading("user.contact"), sources).accessed).toEqual(["user.contact", "user.contact.email"]);
  expect(classes(reading("user.contact.email"), sources).accessed).toEqual([
    "user.contact",
    "user.contact.email",
  ]);
  expect(classes(reading("user"), sources).notAccessed).toEqual([]);
});

test("a store holds C when one of its classes covers C or is covered by C", () => {
  const stores = [smallStore("profiles", ["user.contact"]), smallStore("letters", ["user.contact.email"])];
  const sources = [smallSource(), smallSource({ name: "post", store: "letters", operations: new Map() })];
  const broken = classes({ stores, sources }, found(), found({ source: "post", chains: holes }));
  expect(broken.unknown).toEqual(["user.contact", "user.contact.email"]);
});

test("every class that a store or an operation names is in exactly one of the three lists, by code point", () => {
  const map = smallMap({
    stores: [smallStore("profiles", ["user.payment", "user.contact"])],
    sources: [smallSource({ operations: new Map([["get", [mapped("profiles", ["user.name"])]]]) })],
  });
  const { accessed, notAccessed, unknown } = classes(map, found({ accesses: [access({ reaching: 1 })] }));
  expect({ accessed, notAccessed, unknown }).toEqual({
    accessed: ["user.name"],
    notAccessed: ["user.contact", "user.payment"],
    unknown: [],
  });
});
