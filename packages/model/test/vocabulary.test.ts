import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, compareCodePoints, covers, isDataClass, touches } from "../src/index.ts";

describe("compareCodePoints", () => {
  it("orders as the code points do, not the UTF-16 units", () => {
    const byCodePoints = (a: string, b: string): number => {
      const x = Array.from(a, (character) => character.codePointAt(0) ?? 0);
      const y = Array.from(b, (character) => character.codePointAt(0) ?? 0);
      for (let i = 0; i < Math.min(x.length, y.length); i++) {
        const difference = (x[i] ?? 0) - (y[i] ?? 0);
        if (difference !== 0) return difference;
      }
      return x.length - y.length;
    };
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "\uE000", "\uFFFD", "\u{1F600}", "\u{10FFFF}"),
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, text, (a, b) => Math.sign(compareCodePoints(a, b)) === Math.sign(byCodePoints(a, b))),
    );
  });
});

describe("data classes", () => {
  it("a key covers its children, and no neighbour that only begins alike", () => {
    expect(covers("user.contact", "user.contact.email")).toBe(true);
    expect(covers("user.contact", "user.contact")).toBe(true);
    expect(covers("user.contact", "user.contacts")).toBe(false);
    expect(covers("user.contact.email", "user.contact")).toBe(false);
  });

  it("a read of class R touches class C when either covers the other", () => {
    expect(touches("user.contact", "user.contact.email")).toBe(true);
    expect(touches("user.contact.email", "user.contact")).toBe(true);
    expect(touches("user.contact.email", "user.contact.phone")).toBe(false);
  });

  it.each(["user.name", "user.authorization.password", "system"])("`%s` is a key", (key) => {
    expect(isDataClass(key)).toBe(true);
  });

  it.each(["", "User.name", "user..name", ".user", "user.", "user name"])("`%s` is none", (key) => {
    expect(isDataClass(key)).toBe(false);
  });
});

describe("canonicalJson (RFC 8785)", () => {
  it("orders keys by UTF-16 unit and writes numbers as ECMAScript does", () => {
    expect(canonicalJson({ b: 1e21, a: [1.0, 0.1, -0], "\u20ac": "\u000f" })).toBe(
      '{"a":[1,0.1,0],"b":1e+21,"€":"\\u000f"}',
    );
  });

  it("refuses what JSON cannot hold", () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson(Number.NaN)).toThrow();
  });
});
