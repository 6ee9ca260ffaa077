import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestRemainder } from "../src/population/largest-remainder.ts";
import {
  accountIdOf,
  certainUsersPasswordBeforeMs,
  indexOfAccount,
  indexOfEmail,
  Population,
  type Person,
} from "../src/population/population.ts";
import { Permutation } from "../src/population/random.ts";

const sizes = fc.integer({ min: 1, max: 3000 });
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

function everybody(population: Population): Person[] {
  return Array.from({ length: population.accounts }, (_, index) => population.person(index));
}

function count(people: readonly Person[], test: (person: Person) => boolean): number {
  return people.filter(test).length;
}

describe("the population", () => {
  it("has the reference incident's proportions at 40,000 accounts", () => {
    const people = everybody(new Population({ accounts: 40_000, seed: 2014 }));
    const android = people.filter((person) => person.platform === "android" && person.version !== "1.1.0");
    const from = (store: string) => count(android, (person) => person.appStore === store);
    expect([from("google-play"), from("amazon-appstore"), from("website"), from("unknown")]).toEqual([
      11_000, 1_200, 300, 60,
    ]);
    expect(count(people, (person) => person.hasOffline)).toBe(6_500);
    expect(count(people, (person) => person.certain)).toBe(4_000);
  });

  it("takes a tenth of every platform as certain users, and the directory's rule finds exactly them", () => {
    const people = everybody(new Population({ accounts: 40_000, seed: 7 }));
    for (const platform of ["android", "ios", "windows-phone", "desktop", "web"]) {
      const there = people.filter((person) => person.platform === platform);
      expect(count(there, (person) => person.certain)).toBe(there.length / 10);
    }
    expect(
      people.every((person) => person.certain === person.passwordSetAtMs < certainUsersPasswordBeforeMs),
    ).toBe(true);
  });

  it("adds up whatever its size and seed", () => {
    fc.assert(
      fc.property(sizes, seeds, (accounts, seed) => {
        const people = everybody(new Population({ accounts, seed }));
        expect(new Set(people.map((person) => person.accountId)).size).toBe(accounts);
        expect(count(people, (person) => person.certain)).toBeLessThanOrEqual(Math.round(accounts / 10));
        for (const person of people) {
          expect(person.createdAtMs).toBeLessThanOrEqual(person.passwordSetAtMs);
          expect(indexOfAccount(person.accountId)).toBe(person.index);
          expect(indexOfEmail(person.email)).toBe(person.index);
          if (person.hasOffline) expect(person.platform).toBe("android");
        }
      }),
      { numRuns: 25 },
    );
  });

  it("is the same for one seed and another for another", () => {
    const of = (seed: number) => everybody(new Population({ accounts: 500, seed }));
    expect(of(2014)).toEqual(of(2014));
    expect(of(2015)).not.toEqual(of(2014));
  });

  it("knows no index for other ids and addresses", () => {
    expect(indexOfAccount("canary-0017")).toBeNull();
    expect(indexOfEmail("canary-0017@example.net")).toBeNull();
    expect(indexOfAccount(accountIdOf(0))).toBe(0);
  });
});

describe("largest remainder", () => {
  it("gives everybody their share within one and adds up exactly", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 }),
        fc.nat(100_000),
        (weights, total) => {
          const sum = weights.reduce((a, b) => a + b, 0);
          fc.pre(sum > 0);
          const shares = largestRemainder(weights, total);
          expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
          shares.forEach((share, i) =>
            expect(Math.abs(share - ((weights[i] ?? 0) * total) / sum)).toBeLessThan(1),
          );
        },
      ),
    );
  });
});

describe("a permutation", () => {
  it("is a bijection with an inverse", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, key) => {
        const permutation = new Permutation(size, key);
        const images = Array.from({ length: size }, (_, i) => permutation.at(i));
        expect(new Set(images).size).toBe(size);
        expect(
          images.every((image, i) => image >= 0 && image < size && permutation.inverse(image) === i),
        ).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
