import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkTrustRoot,
  checkTrustUpdate,
  isTrustExpired,
  readTrustRoot,
  TrustError,
  type SignedTrustRoot,
} from "../src/index.ts";
import { rootFile, type RootInput } from "./documents.ts";
import { sha256, testKey, verifyEd25519 } from "./test-crypto.ts";

const crypto = { sha256, verify: verifyEd25519 };
const [a, b, c, d, e] = [testKey(1), testKey(2), testKey(3), testKey(4), testKey(5)] as const;

const first: RootInput = {
  bundleKeys: [a, b, c],
  bundleThreshold: 2,
  freshnessKeys: [e],
  rootKeys: [a, b, c],
  rootThreshold: 2,
};
/** Key b has gone, d has come. */
const second: RootInput = {
  ...first,
  version: 2,
  bundleKeys: [a, c, d],
  rootKeys: [a, c, d],
};

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return "accepted";
}

const read = (bytes: Uint8Array): SignedTrustRoot => readTrustRoot(bytes);
const checkUpdate = (next: Uint8Array, previous = rootFile(first, a, b)) =>
  code(() => checkTrustUpdate(read(previous).root, read(next), crypto));

describe("a trust root that one begins from", () => {
  test("must be signed by a threshold of its own root keys", () => {
    expect(code(() => checkTrustRoot(read(rootFile(first, a, b)), crypto))).toBe("accepted");
    expect(code(() => checkTrustRoot(read(rootFile(first, a)), crypto))).toBe("ERR_TRUST_THRESHOLD");
    expect(code(() => checkTrustRoot(read(rootFile(first, a, d)), crypto))).toBe("ERR_TRUST_THRESHOLD");
    expect(code(() => checkTrustRoot(read(rootFile(first)), crypto))).toBe("ERR_TRUST_THRESHOLD");
  });

  test("is not signed by a bundle key or a freshness key that is no root key", () => {
    const root: RootInput = { ...first, rootKeys: [a], rootThreshold: 1 };
    expect(code(() => checkTrustRoot(read(rootFile(root, b, e)), crypto))).toBe("ERR_TRUST_THRESHOLD");
  });

  test("is refused with a wrong signature of a root key, even if others suffice", () => {
    const text = Buffer.from(rootFile(first, a, b, c)).toString();
    const changed = text.replace(
      /"signature":"([0-9a-f])/,
      (_, digit: string) => `"signature":"${digit === "0" ? "1" : "0"}`,
    );
    expect(code(() => checkTrustRoot(read(Buffer.from(changed)), crypto))).toBe("ERR_TRUST_SIGNATURE");
  });
});

describe("an update is accepted only when", () => {
  test("its version is the previous one plus 1", () => {
    expect(checkUpdate(rootFile(second, a, c))).toBe("accepted");
    for (const version of [1, 3, 4]) {
      expect(checkUpdate(rootFile({ ...second, version }, a, c)), `${version}`).toBe("ERR_TRUST_ROLLBACK");
    }
  });

  test("a threshold of the previous root's keys and a threshold of its own signed it", () => {
    // c and d are two of its own, but only c is one of the previous.
    expect(checkUpdate(rootFile(second, c, d))).toBe("ERR_TRUST_THRESHOLD");
    // a and b are two of the previous, but only a is one of its own.
    expect(checkUpdate(rootFile(second, a, b))).toBe("ERR_TRUST_THRESHOLD");
    expect(checkUpdate(rootFile(second, a, b, d))).toBe("accepted");
  });

  test("so that one key alone changes nothing, whichever it is", () => {
    for (const key of [a, b, c, d, e]) {
      const taken: RootInput = {
        ...first,
        version: 2,
        rootKeys: [key],
        rootThreshold: 1,
        bundleKeys: [key],
        bundleThreshold: 1,
      };
      expect(checkUpdate(rootFile(taken, key))).toBe("ERR_TRUST_THRESHOLD");
    }
  });
});

test("`expires` says from when a root must have been followed; null is never", () => {
  const expiring = read(rootFile({ ...first, expiresAtMs: 1000 }, a, b)).root;
  expect([999, 1000].map((now) => isTrustExpired(expiring, now))).toEqual([false, true]);
  expect(isTrustExpired(read(rootFile(first, a, b)).root, Number.MAX_SAFE_INTEGER)).toBe(false);
});

describe("the file of a trust root", () => {
  const bytes = rootFile(first, a, b);
  const refused = (text: string | Uint8Array) => code(() => read(Buffer.from(text)));
  const text = Buffer.from(bytes).toString();

  test("is canonical JSON and a line feed, and nothing else", () => {
    const document = JSON.parse(text) as object;
    expect(refused(`${JSON.stringify(document)}\n`)).toBe("accepted");
    expect(refused(text.trimEnd())).toBe("ERR_TRUST_FORMAT");
    expect(refused(`${text}\n`)).toBe("ERR_TRUST_FORMAT");
    expect(refused(`${JSON.stringify(document, null, 1)}\n`)).toBe("ERR_TRUST_FORMAT");
    expect(refused(`\ufeff${text}`)).toBe("ERR_TRUST_FORMAT");
    expect(refused(text.replace('"version":1', '"version":1,"version":1'))).toBe("ERR_TRUST_FORMAT");
    expect(refused(text.replace('"version":1', '"version":1.0'))).toBe("ERR_TRUST_FORMAT");
    expect(refused("[]\n")).toBe("ERR_TRUST_FORMAT");
    expect(refused("[".repeat(60_000))).toBe("ERR_TRUST_FORMAT");
    expect(refused(Uint8Array.of(0xff, 0x0a))).toBe("ERR_TRUST_FORMAT");
  });

  test.each([
    ["another type", '"type":"cordon-trust-root"', '"type":"cordon-freshness"'],
    ["version 0", '"version":1', '"version":0'],
    ["a threshold of none", '"bundleThreshold":2', '"bundleThreshold":0'],
    ["a threshold that its keys can't meet", '"bundleThreshold":2', '"bundleThreshold":4'],
    ["a threshold over no keys", '"freshnessThreshold":1', '"freshnessThreshold":2'],
    ["a field that is not known", '"expires":null', '"expires":null,"extra":1'],
    ["a time that is none", '"expires":null', '"expires":"2026-02-30T00:00:00.000Z"'],
    ["a key in capitals", /"[0-9a-f]{64}"/, (found: string) => found.toUpperCase()],
  ] as const)("is refused with %s", (_, pattern, replacement) => {
    const changed = text.replace(pattern, replacement as string);
    expect(changed).not.toBe(text);
    expect(refused(changed)).toBe("ERR_TRUST_FORMAT");
  });

  test("is refused with a key twice, or keys out of order", () => {
    const document = JSON.parse(text) as { signed: { bundleKeys: string[] } };
    const [one = "", two = "", three = ""] = document.signed.bundleKeys;
    for (const keys of [
      [one, one, two],
      [two, one, three],
    ]) {
      document.signed.bundleKeys = keys;
      expect(refused(`${JSON.stringify(document)}\n`)).toBe("ERR_TRUST_FORMAT");
    }
  });

  test("is refused over 64 KiB before it is read", () => {
    expect(refused(Buffer.alloc(64 * 1024 + 1, 0x20))).toBe("ERR_TRUST_SIZE");
  });

  test("is refused with any byte changed", () => {
    const root = read(bytes).root;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const changed = Uint8Array.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ flip;
          // A signature whose key id is changed counts no more; two are needed.
          expect(code(() => checkTrustRoot(read(changed), crypto))).not.toBe("accepted");
        },
      ),
      { numRuns: 400 },
    );
    expect(root.version).toBe(1);
  });
});
