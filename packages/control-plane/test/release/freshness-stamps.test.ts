import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBundle, openFreshnessStamp } from "@cordon/bundle";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  generateBundleKeyPair,
  readBundlePublicKey,
  sha256,
  signBundle,
  verifyEd25519,
} from "../../src/index.ts";
import {
  FreshnessFile,
  signedStamp,
  stampEveryMs,
  stampForMs,
  stampOf,
} from "../../src/release/freshness-stamps.ts";

const pair = generateBundleKeyPair();
const policy = {
  keys: [readBundlePublicKey(pair.publicKeyPem)],
  threshold: 1,
  sha256,
  verify: verifyEd25519,
};

function bundle(version: number) {
  const manifest = {
    policy: { version, rules: [] },
    asOfMs: 0,
    expiresAtMs: null,
    by: "account",
    accounts: 0,
    salt: 0,
  } as const;
  const bytes = signBundle(encodeBundle({ ...manifest, cohorts: [] }, 1000), pair.privateKeyPem);
  return { version, sha256: "", bytes };
}

let home: string;
let file: FreshnessFile;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cordon-freshness-"));
  file = new FreshnessFile(home, pair.privateKeyPem);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function stamp() {
  const bytes = await file.read();
  return bytes === null ? null : openFreshnessStamp(bytes, policy);
}

test("a stamp says for ten minutes which bundle is the newest, and is made anew every three", async () => {
  expect(await stamp()).toBeNull();
  expect(await file.renew(bundle(1), 1_000_000)).toBe(stampEveryMs);
  expect(await stamp()).toMatchObject({
    version: 1,
    issuedAtMs: 1_000_000,
    expiresAtMs: 1_000_000 + stampForMs,
  });
  expect(await file.renew(bundle(1), 1_000_000 + stampEveryMs - 1)).toBe(1);
  expect(await stamp()).toMatchObject({ issuedAtMs: 1_000_000 });
  await file.renew(bundle(1), 1_000_000 + stampEveryMs);
  expect(await stamp()).toMatchObject({ issuedAtMs: 1_000_000 + stampEveryMs });
});

test("another bundle is stamped at once; an older one never is", async () => {
  await file.renew(bundle(1), 1_000_000);
  await file.renew(bundle(2), 1_000_001);
  expect(await stamp()).toMatchObject({ version: 2, issuedAtMs: 1_000_001 });
  await file.renew(bundle(1), 1_000_002 + stampEveryMs);
  expect(await stamp()).toMatchObject({ version: 2, issuedAtMs: 1_000_001 });
});

test("a file that is none, or another key's, is written over", async () => {
  await file.renew(bundle(1), 1_000_000);
  await writeFile(join(home, "bundles", "freshness"), "half of");
  await file.renew(bundle(1), 1_000_000);
  expect(await stamp()).toMatchObject({ version: 1 });
  const strange = signedStamp(
    stampOf(bundle(9), { issuedAtMs: 0, forMs: 1 }),
    generateBundleKeyPair().privateKeyPem,
  );
  await writeFile(join(home, "bundles", "freshness"), strange);
  await file.renew(bundle(1), 1_000_000);
  expect(await stamp()).toMatchObject({ version: 1 });
});
