import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyDelta,
  BundleError,
  encodeBundle,
  encodeOrdinals,
  makeDelta,
  noAccounts,
  openBundle,
  readDeltaHeader,
  type CohortContents,
} from "../src/index.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

const bundleBytesMax = 1 << 20;
const limits = { sha256, bundleBytesMax };
const key = testKey(1);

interface Input {
  readonly version: number;
  readonly accounts: number;
  readonly rules?: readonly unknown[];
  readonly cohorts: Readonly<Record<string, readonly number[]>>;
  readonly wire?: "smallest" | "fast";
}

/** A bundle of cohorts that are known by ordinal alone. */
function bundle({ version, accounts, rules = [], cohorts, wire = "smallest" }: Input): Uint8Array {
  const contents = Object.entries(cohorts).map(([name, ordinals]): CohortContents => {
    const bitmap = new Uint8Array(Math.ceil(accounts / 8));
    for (const ordinal of ordinals)
      bitmap[ordinal >>> 3] = (bitmap[ordinal >>> 3] ?? 0) | (1 << (ordinal & 7));
    const { members, section } = encodeOrdinals(bitmap, wire);
    return { name, members, account: noAccounts, ordinal: section };
  });
  const manifest = {
    policy: { version, rules },
    asOfMs: 0,
    expiresAtMs: null,
    by: "ordinal",
    salt: 0,
  } as const;
  return signedBy(encodeBundle({ ...manifest, accounts, cohorts: contents }, bundleBytesMax), key);
}

/** `count` ordinals below `accounts`, spread without pattern. */
function spread(accounts: number, count: number, seed = 1): number[] {
  const found = new Set<number>();
  for (let state = seed; found.size < count;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    found.add(Math.floor((state / 2 ** 32) * accounts));
  }
  return [...found].sort((x, y) => x - y);
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof BundleError) return error.code;
    throw error;
  }
  return "accepted";
}

const accounts = 100_000;
const members = spread(accounts, 10_000);
const base = bundle({ version: 6, accounts, cohorts: { suspects: members } });
const changed = new Set(members);
for (const ordinal of spread(accounts, 50, 99)) {
  if (!changed.delete(ordinal)) changed.add(ordinal);
}
const next = bundle({ version: 7, accounts, cohorts: { suspects: [...changed] } });
const delta = makeDelta(base, next, limits);

describe("a delta", () => {
  test("gives exactly the bytes of the next bundle, which are then checked like any bundle", () => {
    const applied = applyDelta(base, delta, limits);
    expect(Buffer.from(applied).equals(next)).toBe(true);
    const opened = openBundle(applied, {
      keys: [key.publicKey],
      threshold: 1,
      sha256,
      verify: verifyEd25519,
    });
    expect(opened.version).toBe(7);
  });

  test("names the SHA-256 of the base's signed part and of the result", () => {
    const header = readDeltaHeader(delta, bundleBytesMax);
    const signatures = 1 + 96;
    expect(Buffer.from(header.baseContentSha256).equals(sha256(base.subarray(0, -signatures)))).toBe(true);
    expect(Buffer.from(header.resultSha256).equals(sha256(next))).toBe(true);
    expect(header.resultBytes).toBe(next.length);
  });

  test("is small when little has changed: 50 of 10,000 ordinals in less than a tenth of the bundle", () => {
    expect(next.length).toBeGreaterThan(5_000);
    expect(delta.length).toBeLessThan(next.length / 10);
    for (const wire of ["smallest", "fast"] as const) {
      const sparse = bundle({ version: 1, accounts, cohorts: { few: spread(accounts, 500) }, wire });
      const other = bundle({ version: 2, accounts, cohorts: { few: spread(accounts, 500).slice(3) }, wire });
      const small = makeDelta(sparse, other, limits);
      expect(small.length).toBeLessThan(400);
      expect(Buffer.from(applyDelta(sparse, small, limits)).equals(other)).toBe(true);
    }
  });

  test("does not mind whether the base was signed by others as well: what is signed is the same", () => {
    const signedTwice = signedBy(base, testKey(2));
    expect(Buffer.from(applyDelta(signedTwice, delta, limits)).equals(next)).toBe(true);
  });

  test("carries only a signature when nothing else is new", () => {
    const signedTwice = signedBy(base, testKey(2));
    const small = makeDelta(base, signedTwice, limits);
    expect(small.length).toBeLessThan(76 + 2 * 97 + 30);
    expect(Buffer.from(applyDelta(base, small, limits)).equals(signedTwice)).toBe(true);
  });

  test("of the same bundles is the same, also from a Buffer, and changes neither", () => {
    for (const wire of ["smallest", "fast"] as const) {
      const before = bundle({ version: 1, accounts, cohorts: { suspects: members }, wire });
      const after = bundle({ version: 2, accounts, cohorts: { suspects: [...changed] }, wire });
      const made = makeDelta(before, after, limits);
      const buffers = [Buffer.from(before), Buffer.from(after)] as const;
      expect(Buffer.from(makeDelta(...buffers, limits)).equals(made)).toBe(true);
      expect(Buffer.from(applyDelta(buffers[0], made, limits)).equals(after)).toBe(true);
      expect([buffers[0].equals(before), buffers[1].equals(after)]).toEqual([true, true]);
    }
  });

  test("is refused for another base, also for the bundle that it leads to", () => {
    const other = bundle({ version: 5, accounts, cohorts: { suspects: members } });
    expect(code(() => applyDelta(other, delta, limits))).toBe("ERR_BUNDLE_FORMAT");
    expect(code(() => applyDelta(next, delta, limits))).toBe("ERR_BUNDLE_FORMAT");
    expect(() => applyDelta(next, delta, limits)).toThrow("a delta of another bundle");
  });

  test("is refused cut anywhere, and with bytes after its end", () => {
    for (let end = 0; end < delta.length; end++) {
      expect(code(() => applyDelta(base, delta.subarray(0, end), limits))).toBe("ERR_BUNDLE_FORMAT");
    }
    expect(code(() => applyDelta(base, Buffer.concat([delta, Buffer.of(0)]), limits))).toBe(
      "ERR_BUNDLE_FORMAT",
    );
  });

  test("with any bits changed gives the announced bytes or is refused, and never crashes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(delta.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (changes) => {
          const broken = Uint8Array.from(delta);
          for (const [at, flip] of changes) broken[at] = (broken[at] ?? 0) ^ flip;
          if (Buffer.from(broken).equals(delta)) return;
          // A copy from elsewhere may bring the same bytes.
          const results: Uint8Array[] = [];
          const outcome = code(() => results.push(applyDelta(base, broken, limits)));
          if (outcome === "accepted")
            expect(results.map((result) => Buffer.compare(result, next))).toEqual([0]);
          else expect(outcome).toMatch(/^ERR_BUNDLE_(FORMAT|SIZE)$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("nothing over its limit is made or taken", () => {
  const tight = (bytes: number) => ({ sha256, bundleBytesMax: bytes });

  test("a result that is announced as larger, before anything is allocated", () => {
    const huge = Uint8Array.from(delta);
    new DataView(huge.buffer).setUint32(72, 2 ** 32 - 1, true);
    expect(code(() => applyDelta(base, huge, limits))).toBe("ERR_BUNDLE_SIZE");
    expect(code(() => applyDelta(base, delta, tight(next.length - 1)))).toBe("ERR_BUNDLE_SIZE");
  });

  test("a delta, a base or a next bundle of more bytes", () => {
    expect(code(() => readDeltaHeader(delta, delta.length - 1))).toBe("ERR_BUNDLE_SIZE");
    expect(code(() => makeDelta(base, next, tight(base.length - 1)))).toBe("ERR_BUNDLE_SIZE");
  });

  test("operations that give more than the result has", () => {
    // A copy of the whole base over and over again: a few bytes each.
    const bomb: number[] = [];
    for (let i = 0; i < 1_000; i++) bomb.push(1, 0, 0x80 | (8000 & 0x7f), 8000 >> 7);
    const broken = Buffer.concat([delta.subarray(0, 76), Buffer.from(bomb)]);
    expect(code(() => applyDelta(base, broken, limits))).toBe("ERR_BUNDLE_FORMAT");
  });

  test("the work on one cohort, again and again", () => {
    const at = delta.indexOf(3, 76);
    const flip = delta.subarray(at);
    const twice = Buffer.concat([delta.subarray(0, 76), flip, flip]);
    expect(code(() => applyDelta(base, twice, limits))).toBe("ERR_BUNDLE_FORMAT");
  });

  test("changed ordinals beyond what a bundle can hold", () => {
    const head = delta.subarray(0, 76);
    // Cohort 0 as a bitmap of 2^53 − 1 accounts, one change, one byte of gaps.
    const accountsBytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const broken = Buffer.concat([head, Buffer.of(3, 0, 1, ...accountsBytes, 1, 1, 0)]);
    expect(code(() => applyDelta(base, broken, limits))).toBe("ERR_BUNDLE_FORMAT");
  });
});

const ordinals = fc.uniqueArray(fc.nat(1999), { maxLength: 300 });
const contents = fc.record({
  version: fc.nat(9),
  accounts: fc.constantFrom(2000, 2000, 2500),
  rules: fc.array(fc.record({ id: fc.string({ maxLength: 8 }), measure: fc.constant("upgrade") }), {
    maxLength: 4,
  }),
  cohorts: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), ordinals, { maxKeys: 4 }),
  wire: fc.constantFrom("smallest" as const, "fast" as const),
});

test("between any two bundles, whatever was added, dropped or moved, the next one comes out to the byte", () => {
  fc.assert(
    fc.property(contents, contents, fc.boolean(), (one, two, alike) => {
      const before = bundle(one);
      const after = bundle(
        alike ? { ...one, version: one.version + 1, cohorts: { ...two.cohorts, ...one.cohorts } } : two,
      );
      expect(Buffer.from(applyDelta(before, makeDelta(before, after, limits), limits)).equals(after)).toBe(
        true,
      );
    }),
    { numRuns: 300 },
  );
});

test("bytes that moved are copied from wherever the base has them", () => {
  const rules = Array.from({ length: 200 }, (_, i) => ({
    id: `rule-${i}-${"x".repeat(i % 17)}`,
    measure: "upgrade",
  }));
  const before = bundle({ version: 1, accounts: 10, rules, cohorts: {} });
  const after = bundle({
    version: 2,
    accounts: 10,
    rules: [...rules.slice(100), ...rules.slice(0, 100)],
    cohorts: {},
  });
  const moved = makeDelta(before, after, limits);
  expect(moved.length).toBeLessThan(500);
  expect(after.length).toBeGreaterThan(8_000);
  expect(Buffer.from(applyDelta(before, moved, limits)).equals(after)).toBe(true);
});
