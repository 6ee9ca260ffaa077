import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  BundleError,
  Cascade,
  constructCascade,
  decodeOrdinals,
  encodeFingerprints,
  encodeOrdinals,
  FingerprintSet,
  hashAccounts,
  openBundle,
  ordinalsOf,
} from "../src/index.ts";
import { bitmapOf, testBundle, type TestContents } from "./test-bundle.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

interface Vectors {
  readonly keys: readonly {
    readonly privateKey: string;
    readonly publicKey: string;
    readonly keyId: string;
  }[];
  readonly bundles: readonly {
    readonly says: string;
    readonly contents: TestContents;
    readonly signedBy: readonly number[];
    readonly hex: string;
    readonly sha256: string;
    readonly lookups: readonly {
      readonly cohort: string;
      readonly account: string | null;
      readonly ordinal: number | null;
      readonly has: boolean;
    }[];
  }[];
  readonly refused: readonly {
    readonly says: string;
    readonly keys: readonly number[];
    readonly threshold: number;
    readonly code: string;
    readonly hex: string;
  }[];
}

const file = new URL("../../../vectors/bundle/bundles.json", import.meta.url);
const { keys, bundles, refused } = JSON.parse(readFileSync(file, "utf8")) as Vectors;

const publicKeys = (indexes: readonly number[]): readonly Uint8Array[] =>
  indexes.map((index) => Buffer.from(keys[index]?.publicKey ?? "", "hex"));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("bundles that open", () => {
  it.each(bundles.map((one) => [one.says, one] as const))("%s", (_, vector) => {
    const bytes = Buffer.from(vector.hex, "hex");
    const bundle = openBundle(bytes, {
      keys: publicKeys(vector.signedBy),
      threshold: vector.signedBy.length,
      sha256,
      verify: verifyEd25519,
    });
    const { cohorts = {}, version, rules, asOfMs, expiresAtMs, by, accounts, salt } = vector.contents;
    const policy = { version, rules };
    expect(bundle).toMatchObject({ version, policy, asOfMs, expiresAtMs, by, accounts, salt });
    expect([...bundle.sets].map(([name, { members }]) => [name, members])).toEqual(
      Object.entries(cohorts).map(([name, members]) => [name, Object.keys(members).length]),
    );
    expect(bundle.signedBy.toSorted()).toEqual(vector.signedBy.map((index) => keys[index]?.keyId).toSorted());
    for (const { cohort, account, ordinal, has } of vector.lookups) {
      expect(
        bundle.sets.get(cohort)?.has(account, ordinal),
        `${cohort} ${String(account)} ${String(ordinal)}`,
      ).toBe(has);
    }
  });

  it.each(bundles.map((one) => [one.says, one] as const))("%s: written to the byte", (_, vector) => {
    const seeds = vector.signedBy.map((index) =>
      Number.parseInt(keys[index]?.privateKey.slice(0, 2) ?? "", 16),
    );
    const bytes = signedBy(testBundle(vector.contents), ...seeds.map(testKey));
    expect(hex(bytes)).toBe(vector.hex);
    expect(hex(sha256(bytes))).toBe(vector.sha256);
  });
});

describe("bundles that are refused", () => {
  it.each(refused.map((one) => [one.says, one] as const))("%s", (_, vector) => {
    const trust = {
      keys: publicKeys(vector.keys),
      threshold: vector.threshold,
      sha256,
      verify: verifyEd25519,
    };
    let code = "none";
    try {
      openBundle(Buffer.from(vector.hex, "hex"), trust).prepare();
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      code = error.code;
    }
    expect(code).toBe(vector.code);
  });
});

interface SectionVector {
  readonly accounts: number;
  readonly below: number;
  readonly members: number;
  readonly hex?: string;
  readonly sha256?: string;
}

interface SectionVectors {
  readonly ordinals: readonly (SectionVector & {
    readonly wire: "smallest" | "fast";
    readonly kind: string;
  })[];
  readonly fingerprints: readonly (SectionVector & { readonly salt: number })[];
  readonly cascades: readonly (SectionVector & { readonly salt: number; readonly isComplement: boolean })[];
}

const sections = JSON.parse(
  readFileSync(new URL("../../../vectors/bundle/sections.json", import.meta.url), "utf8"),
) as SectionVectors;

const isMember = ({ below }: SectionVector, account: number): boolean =>
  Math.imul(account, 2_654_435_761) >>> 0 < below;

function accountsOf(vector: SectionVector, areMembers: boolean): readonly number[] {
  const all = Array.from({ length: vector.accounts }, (_, account) => account);
  return all.filter((account) => isMember(vector, account) === areMembers);
}

const idsOf = (accounts: readonly number[]): readonly string[] => accounts.map((account) => `u-${account}`);

function expectBytes(bytes: Uint8Array | null, vector: SectionVector): void {
  if (bytes === null) throw new Error("two accounts collide");
  if (vector.hex === undefined) expect(hex(sha256(bytes))).toBe(vector.sha256);
  else expect(hex(bytes)).toBe(vector.hex);
}

describe("sections are written to the byte, and read", () => {
  it.each(sections.ordinals)("ordinals: $members of $accounts as $kind", (vector) => {
    const members = accountsOf(vector, true);
    const { section } = encodeOrdinals(bitmapOf(members), vector.wire);
    expect(section.kind).toBe(vector.kind);
    expectBytes(section.bytes, vector);
    const decoded = decodeOrdinals(section, { members: members.length, accounts: vector.accounts });
    expect([...ordinalsOf(decoded)]).toEqual(members);
  });

  it.each(sections.fingerprints)("fingerprints: $members of $accounts", (vector) => {
    const bytes = encodeFingerprints(hashAccounts(idsOf(accountsOf(vector, true)), vector.salt));
    expectBytes(bytes, vector);
    expectExact(new FingerprintSet(bytes ?? new Uint8Array(0), vector.members), vector);
  });

  it.each(sections.cascades)("cascades: $members of $accounts", (vector) => {
    const listed = hashAccounts(idsOf(accountsOf(vector, !vector.isComplement)), vector.salt);
    const others = hashAccounts(idsOf(accountsOf(vector, vector.isComplement)), vector.salt);
    const bytes = constructCascade(listed, others, vector.isComplement);
    expectBytes(bytes, vector);
    expectExact(new Cascade(bytes ?? new Uint8Array(0)), vector);
  });

  function expectExact(
    set: { readonly has: (high: number, low: number) => boolean },
    vector: SectionVector & { readonly salt: number },
  ): void {
    const all = Array.from({ length: vector.accounts }, (_, account) => account);
    const { high, low } = hashAccounts(idsOf(all), vector.salt);
    for (const account of all) {
      expect(set.has(high[account] ?? 0, low[account] ?? 0)).toBe(isMember(vector, account));
    }
  }
});
