import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { decryptAgeFile } from "../../src/age-file.ts";
import { EnforcementError } from "../../src/index.ts";
import { newKey, signedBundle, tampered } from "../signed-bundle.ts";
import { HandSource, startedPoint, testFolder } from "./hand-source.ts";

const key = newKey();
const bundle = signedBundle({ version: 3, keys: [key] });
const mine = await generateX25519Identity();
const theirs = await generateX25519Identity();

async function encryptedTo(bytes: Uint8Array, ...identities: readonly string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const identity of identities) encrypter.addRecipient(await identityToRecipient(identity));
  return encrypter.encrypt(bytes);
}

function pointOn(folder: string, bytes: Uint8Array, ageIdentity?: string) {
  const source = new HandSource();
  source.bundle = bytes;
  const keys = { publicKeys: [key.publicPem], threshold: 1 };
  return startedPoint(folder, { source, ...keys, ...(ageIdentity === undefined ? {} : { ageIdentity }) });
}

describe("a bundle that is encrypted to a point", () => {
  test("is opened by it and by nobody else, from any source", async () => {
    const bytes = await encryptedTo(bundle, theirs, mine);
    const { point } = await pointOn(testFolder(), bytes, mine);
    expect(point.status()).toMatchObject({ bundle: { version: 3 }, refusal: null });
    const without = await pointOn(testFolder(), bytes);
    expect(without.point.status()).toMatchObject({ bundle: null, refusal: "undecryptable" });
    const stranger = await pointOn(testFolder(), bytes, await generateX25519Identity());
    expect(stranger.point.status()).toMatchObject({ bundle: null, refusal: "undecryptable" });
    expect(stranger.point.counters.report()).toMatchObject({ "bundle.refused.undecryptable": 1 });
  });

  test("rests on disk as it came, and is in force again after a restart", async () => {
    const folder = testFolder();
    const bytes = await encryptedTo(bundle, mine);
    const first = await pointOn(folder, bytes, mine);
    await first.point.close();
    expect(readFileSync(join(folder, "last-good.bundle")).equals(bytes)).toBe(true);
    const { point } = await pointOn(folder, Buffer.from("nothing"), mine);
    expect(point.status()).toMatchObject({ bundle: { version: 3 }, refusal: "malformed" });
  });

  test("is checked like any bundle once it is open: encryption vouches for nothing", async () => {
    const { point } = await pointOn(testFolder(), await encryptedTo(tampered(bundle), mine), mine);
    expect(point.status()).toMatchObject({ bundle: null, refusal: "bad-signature" });
    const plain = await pointOn(testFolder(), bundle, mine);
    expect(plain.point.status()).toMatchObject({ bundle: { version: 3 } });
  });

  test("is refused with any byte changed, and cut anywhere", async () => {
    const bytes = await encryptedTo(bundle, mine);
    for (let at = 23; at < bytes.length; at += 7) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(decryptAgeFile(changed, mine)).rejects.toMatchObject({ refusal: "undecryptable" });
      await expect(decryptAgeFile(bytes.subarray(0, at), mine)).rejects.toMatchObject({
        refusal: "undecryptable",
      });
    }
  });
});

test("a header of recipients without end is not tried to its end", async () => {
  const stanza =
    "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
  const bytes = Buffer.from(`age-encryption.org/v1\n${stanza.repeat(10_000)}--- AAAA\n`);
  await expect(decryptAgeFile(bytes, mine)).rejects.toThrow(/does not end within 65536 bytes/);
});

test("text that is no age identity is refused when the point is made", async () => {
  await expect(pointOn(testFolder(), bundle, "age1notanidentity")).rejects.toThrow(EnforcementError);
});
