import { entropyBitsPerMember, openBundle, type Bundle } from "@cordon/bundle";
import { describe, expect, it } from "vitest";
import { buildBundle, type BundleRequest } from "../src/build-bundle.ts";
import { buildOrdinalBundle } from "../src/build-ordinal-bundle.ts";
import type { PackedBatch } from "../src/build/id-block.ts";
import { generateBundleKeyPair, readBundlePublicKey, sha256, verifyEd25519 } from "../src/bundle-keys.ts";

const { privateKeyPem, publicKeyPem } = generateBundleKeyPair();
const cutoff = "2014-05-27T12:00:00Z";
const asOfMs = Date.parse(cutoff);
const policy = { version: 1, rules: [{ id: "r", measure: "reauthenticate", cohort: "one", cutoff }] };

/** Enough for threads. */
const accounts = 230_000;
const idOf = (account: number): string => (account % 1000 === 7 ? `ü-${account} 🎵` : `account-${account}`);
const isMember = (account: number): boolean => Math.imul(account, 2_654_435_761) >>> 0 < 2 ** 32 / 10;
const all = Array.from({ length: accounts }, (_, account) => account);
const listed = all.filter(isMember);

function bitmapOf(ordinals: Iterable<number>): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(accounts / 8));
  for (const ordinal of ordinals) bitmap[ordinal >>> 3] = (bitmap[ordinal >>> 3] ?? 0) | (1 << (ordinal & 7));
  return bitmap;
}

async function* asTexts(): AsyncGenerator<{ accountIds: readonly string[]; ordinals: null }> {
  for (let at = 0; at < accounts; at += 2048) {
    yield await Promise.resolve({ accountIds: all.slice(at, at + 2048).map(idOf), ordinals: null });
  }
}

async function* asBytes(): AsyncGenerator<PackedBatch> {
  for (let at = 0; at < accounts; at += 50_000) {
    const ids = all.slice(at, at + 50_000).map((account) => Buffer.from(idOf(account)));
    let end = 0;
    const ends = Uint32Array.from(ids, ({ length }) => (end += length));
    yield await Promise.resolve({ bytes: new Uint8Array(Buffer.concat(ids)), ends, ordinals: null });
  }
}

function request(given: Partial<BundleRequest> = {}): BundleRequest {
  return {
    policy,
    members: new Map([["one", [...listed.map(idOf), "ghost", "ghost"]]]),
    accounts: asTexts,
    asOfMs,
    expiresAtMs: null,
    by: "account",
    privateKeyPem,
    ...given,
  };
}

function open(bytes: Uint8Array): Bundle {
  const keys = [readBundlePublicKey(publicKeyPem)];
  return openBundle(bytes, { keys, threshold: 1, sha256, verify: verifyEd25519 });
}

describe("a bundle of a large directory, hashed by threads", () => {
  it("is exact for every account, is at most 25 % over the entropy, and does not depend on how it was built", async () => {
    const built = await buildBundle(request());
    expect(built.report).toEqual({
      accounts,
      cohorts: [{ name: "one", members: listed.length, outside: 1 }],
    });
    const one = open(built.bytes).sets.get("one");
    expect(one?.accountKind).toBe("cascade");
    const wrong = all.filter((account) => one?.has(idOf(account), null) !== isMember(account));
    expect(wrong).toEqual([]);
    const limit = entropyBitsPerMember(accounts, listed.length);
    expect(((one?.bytes ?? 0) * 8) / listed.length / limit).toBeLessThan(1.25);
    // The same bytes without threads, from joined texts, and for ordinals in place of ids.
    const members = new Map([["one", { ordinals: bitmapOf(listed) }]]);
    for (const other of [{ threads: 1 }, { threads: 3, accounts: asBytes }, { members, accounts: asBytes }]) {
      expect((await buildBundle(request(other))).sha256).toBe(built.sha256);
    }
  });

  it("by ordinal holds both, each exact", async () => {
    const built = await buildBundle(request({ by: "ordinal", accounts: asBytes }));
    const one = open(built.bytes).sets.get("one");
    const wrong = all.filter(
      (account) =>
        one?.has(null, account) !== isMember(account) || one.has(idOf(account), null) !== isMember(account),
    );
    expect(wrong).toEqual([]);
    expect(((one?.ordinalBytes ?? 0) * 8) / listed.length).toBeLessThan(
      entropyBitsPerMember(accounts, listed.length) * 1.06,
    );
  });

  it("ends with the error of a directory that breaks off, and leaves no thread", async () => {
    const breaking = async function* (): AsyncGenerator<PackedBatch> {
      yield* asBytes();
      await Promise.reject(new Error("the disk is gone"));
    };
    await expect(buildBundle(request({ accounts: breaking }))).rejects.toThrow("the disk is gone");
  });

  it("refuses ordinals beyond the directory", async () => {
    const members = new Map([["one", { ordinals: bitmapOf([1, 2]) }]]);
    const few = async function* (): AsyncGenerator<PackedBatch> {
      yield await Promise.resolve({ bytes: Buffer.from("ab"), ends: Uint32Array.of(1, 2), ordinals: null });
    };
    await expect(buildBundle(request({ members, accounts: few }))).rejects.toMatchObject({
      code: "ERR_INPUT",
      path: ["cohorts", "one"],
    });
  });
});

describe("a bundle by ordinal alone", () => {
  const given = {
    policy,
    members: new Map([["one", bitmapOf(listed)]]),
    accounts,
    asOfMs,
    expiresAtMs: null,
    privateKeyPem,
  };

  it.each(["fast", "smallest"] as const)("is exact by ordinal (%s)", (wire) => {
    const { bytes, report } = buildOrdinalBundle({ ...given, wire });
    expect(report.cohorts).toEqual([{ name: "one", members: listed.length, outside: 0 }]);
    const one = open(bytes).sets.get("one");
    expect(one?.ordinalKind).toBe(wire === "fast" ? "bitmap" : "rans");
    expect(all.filter((account) => one?.has("u", account) !== isMember(account))).toEqual([]);
  });

  it("holds everyone who brings no ordinal, so that nobody escapes by leaving it out", () => {
    const one = open(buildOrdinalBundle({ ...given, wire: "fast" }).bytes).sets.get("one");
    expect(one?.has("anybody", null)).toBe(true);
    expect(one?.has(null, null)).toBe(false);
    const nobody = buildOrdinalBundle({ ...given, members: new Map([["one", bitmapOf([])]]), wire: "fast" });
    expect(open(nobody.bytes).sets.get("one")?.has("anybody", null)).toBe(false);
  });

  it("is refused for a rule that a new sign-in does not fulfil, and for ordinals beyond the directory", () => {
    const upgrade = { id: "r", measure: "upgrade", cohort: "one", below: "2.0" };
    expect(() =>
      buildOrdinalBundle({ ...given, policy: { version: 1, rules: [upgrade] }, wire: "fast" }),
    ).toThrow("in a rule without cutoff");
    const last = listed.at(-1) ?? 0;
    expect(() => buildOrdinalBundle({ ...given, accounts: last, wire: "fast" })).toThrow(
      `the ordinal ${last}`,
    );
    buildOrdinalBundle({ ...given, accounts: last + 1, wire: "fast" });
  });
});
