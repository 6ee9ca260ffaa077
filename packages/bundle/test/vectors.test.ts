import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BundleError, openBundle } from "../src/index.ts";
import { testBundle, type TestContents } from "./test-bundle.ts";
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
    const { cohorts = {}, version, rules, ...manifest } = vector.contents;
    expect(bundle).toMatchObject({ ...manifest, version, policy: { version, rules } });
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
      openBundle(Buffer.from(vector.hex, "hex"), trust);
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      code = error.code;
    }
    expect(code).toBe(vector.code);
  });
});
