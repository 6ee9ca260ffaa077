import { describe, expect, it } from "vitest";
import { BundleError, openBundle } from "../src/index.ts";
import { testBundle } from "./test-bundle.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

const key = testKey(1);
const options = { keys: [key.publicKey], threshold: 1, sha256, verify: verifyEd25519 };

function isRefused(bytes: Uint8Array): boolean {
  try {
    openBundle(bytes, options);
    return false;
  } catch (error) {
    if (error instanceof BundleError) return true;
    throw error;
  }
}

describe.each(["account", "ordinal"] as const)("a bundle by %s with one signature", (by) => {
  const bytes = signedBy(
    testBundle({
      by,
      rules: [{ id: "r" }],
      others: ["u-3", "u-4", "u-5"],
      cohorts: { suspects: { "u-1": 3, "u-2": 17 }, none: {} },
    }),
    key,
  );

  it("opens as it is", () => {
    expect(openBundle(bytes, options).version).toBe(7);
  });

  it("is refused with any bit flipped", () => {
    const accepted: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        if (!isRefused(flipped)) accepted.push(`byte ${at}, bit ${bit}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it("is refused when cut anywhere, and when empty", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(isRefused(bytes.slice(0, length))).toBe(true);
  });

  it("is refused when extended by any byte, and by itself", () => {
    for (let byte = 0; byte < 256; byte++) expect(isRefused(Uint8Array.of(...bytes, byte))).toBe(true);
    for (let byte = 0; byte < 256; byte++) expect(isRefused(Uint8Array.of(byte, ...bytes))).toBe(true);
    expect(isRefused(Uint8Array.of(...bytes, ...bytes))).toBe(true);
  });

  it("is refused without its signature", () => {
    const unsigned = bytes.slice(0, bytes.length - 96);
    unsigned[unsigned.length - 1] = 0;
    expect(isRefused(unsigned)).toBe(true);
  });
});
