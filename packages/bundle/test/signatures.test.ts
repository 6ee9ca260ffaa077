import { describe, expect, it } from "vitest";
import {
  addSignature,
  BundleError,
  encodeBundle,
  encodeSignedBundle,
  noAccounts,
  noOrdinals,
  openBundle,
  readLayout,
  signingInput,
} from "../src/index.ts";
import { testBundle } from "./test-bundle.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

const [a, b, c] = [testKey(1), testKey(2), testKey(3)] as const;
const limits = { sha256, bundleBytesMax: 64 * 1024 * 1024 };

function outcome(bytes: Uint8Array, keys: readonly Uint8Array[], threshold: number): string {
  try {
    openBundle(bytes, { keys, threshold, sha256, verify: verifyEd25519 });
    return "opens";
  } catch (error) {
    if (error instanceof BundleError) return error.code;
    throw error;
  }
}

describe("a bundle that is signed as it is written", () => {
  const contents = {
    policy: { version: 7, rules: [] },
    asOfMs: 1_401_192_000_000,
    expiresAtMs: null,
    by: "account" as const,
    accounts: 100,
    salt: 0,
    cohorts: [{ name: "nobody", members: 0, account: noAccounts, ordinal: noOrdinals }],
  };
  const { bundleBytesMax } = limits;
  const unsigned = encodeBundle(contents, bundleBytesMax);
  const [{ keyId, signature }] = readLayout(signedBy(unsigned, a), bundleBytesMax).signatures as [
    { keyId: Uint8Array; signature: Uint8Array },
  ];

  it("has the bytes of one that is signed afterwards", () => {
    const given: Uint8Array[] = [];
    const sign = (signedPart: Uint8Array) => {
      given.push(Uint8Array.from(signedPart));
      return { keyId, signature };
    };
    expect(encodeSignedBundle(contents, { bundleBytesMax, sign })).toEqual(signedBy(unsigned, a));
    expect(given).toEqual([unsigned.subarray(0, -1)]);
  });

  it("is refused when its signature would take it over the limit, before anything is signed", () => {
    const sign = () => expect.fail("signed");
    for (const bytesMax of [unsigned.length, unsigned.length + 95])
      expect(() => encodeSignedBundle(contents, { bundleBytesMax: bytesMax, sign })).toThrow(
        expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }),
      );
    const exact = { bundleBytesMax: unsigned.length + 96, sign: () => ({ keyId, signature }) };
    expect(encodeSignedBundle(contents, exact)).toHaveLength(unsigned.length + 96);
  });
});

describe("who signed", () => {
  const unsigned = testBundle();
  const byA = signedBy(unsigned, a);
  const byAB = signedBy(unsigned, a, b);

  it("opens for a key that signed it and for no other", () => {
    expect(outcome(byA, [a.publicKey], 1)).toBe("opens");
    expect(outcome(byA, [b.publicKey], 1)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(byA, [], 1)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(unsigned, [a.publicKey], 1)).toBe("ERR_BUNDLE_THRESHOLD");
  });

  it("asks for so many of the given keys", () => {
    expect(outcome(byAB, [a.publicKey, b.publicKey], 2)).toBe("opens");
    expect(outcome(byAB, [a.publicKey, b.publicKey, c.publicKey], 2)).toBe("opens");
    expect(outcome(byAB, [a.publicKey, b.publicKey, c.publicKey], 3)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(byAB, [a.publicKey, c.publicKey], 2)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(byAB, [b.publicKey], 1)).toBe("opens");
  });

  it("counts a key that is given twice once, and never asks for fewer than one", () => {
    expect(outcome(byA, [a.publicKey, a.publicKey], 2)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(byA, [b.publicKey], 0)).toBe("ERR_BUNDLE_THRESHOLD");
    expect(outcome(unsigned, [], 0)).toBe("ERR_BUNDLE_THRESHOLD");
  });

  it("refuses a signature by a given key that does not verify, even where others suffice", () => {
    const wrong = addSignature(
      byA,
      { publicKey: b.publicKey, signature: new Uint8Array(64).fill(7) },
      limits,
    );
    expect(outcome(wrong, [a.publicKey, b.publicKey], 1)).toBe("ERR_BUNDLE_SIGNATURE");
    expect(outcome(wrong, [a.publicKey], 1)).toBe("opens");
  });

  it("a second signature by the same key takes the place of the first", () => {
    expect(signedBy(byA, a)).toEqual(byA);
    expect(signedBy(byAB, a, b)).toEqual(byAB);
    expect(signedBy(unsigned, b, a)).toEqual(byAB);
  });

  it("refuses a file that lists one key twice", () => {
    const entry = byA.slice(byA.length - 96);
    const twice = Uint8Array.of(...byA, ...entry);
    twice[byA.length - 97] = 2;
    expect(outcome(twice, [a.publicKey], 1)).toBe("ERR_BUNDLE_FORMAT");
  });

  it("does not take a signature of the bare digest, of the bytes or of another domain", () => {
    const { signedPart } = readLayout(unsigned, limits.bundleBytesMax);
    const digest = sha256(signedPart);
    const input = signingInput(signedPart, sha256);
    const otherDomain = input.slice();
    otherDomain[0] = 0x43;
    for (const message of [digest, signedPart, otherDomain]) {
      const signed = addSignature(unsigned, { publicKey: a.publicKey, signature: a.sign(message) }, limits);
      expect(outcome(signed, [a.publicKey], 1)).toBe("ERR_BUNDLE_SIGNATURE");
    }
  });

  it("signs what the specification says: the domain's text and SHA-256 of the signed part", () => {
    const { signedPart } = readLayout(unsigned, limits.bundleBytesMax);
    const expected = Buffer.concat([Buffer.from("cordon bundle signature v1\n"), sha256(signedPart)]);
    expect(Buffer.from(signingInput(signedPart, sha256))).toEqual(expected);
  });

  it("holds 255 signatures and no more", () => {
    const fake = (index: number): { publicKey: Uint8Array; signature: Uint8Array } => ({
      publicKey: Uint8Array.of(index & 255, index >> 8),
      signature: new Uint8Array(64),
    });
    let bytes = byA;
    for (let index = 0; index < 254; index++) bytes = addSignature(bytes, fake(index), limits);
    expect(outcome(bytes, [a.publicKey], 1)).toBe("opens");
    expect(() => addSignature(bytes, fake(254), limits)).toThrow(/more than 255 signatures/);
  });
});
