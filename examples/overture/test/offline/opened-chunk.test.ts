import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { chunkCount, chunkPlainBytes, sealedBytes, sealedOffset } from "../../src/api/offline-format.ts";
import { contentKey, installationKey, wrapKey } from "../../src/offline-copies/content-key.ts";
import { sealContent } from "../../src/offline-copies/seal-content.ts";
import {
  importContentKey,
  newInstallationKey,
  OfflineError,
  openChunk,
  unwrapContentKey,
} from "../../src/offline/index.ts";
import type { CopyIdentity } from "../../src/offline/index.ts";

// The server seals by Node's own cryptography, the client opens by Web Crypto: each is the other's check.
const master = "a master secret of this test, and of nothing else";
const folder = mkdtempSync(join(tmpdir(), "overture-sealed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const keyFor = (installationId: string, trackId: string, epoch: number) =>
  importContentKey(new Uint8Array(contentKey(master, { installationId, trackId, epoch })));

function song(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).map((_, at) => (at * 31 + 7 + (at >> 8)) & 255);
}

async function seal(copy: CopyIdentity, plain: Uint8Array, from = 0): Promise<Uint8Array<ArrayBuffer>[]> {
  const file = join(folder, "track");
  writeFileSync(file, plain);
  const key = contentKey(master, { installationId: "inst-a", ...copy });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of sealContent({ ...copy, file, key, from })) chunks.push(new Uint8Array(chunk));
  return chunks;
}

const tampered = { code: "ERR_OFFLINE_TAMPERED" };
const copy: CopyIdentity = { trackId: "t-1", epoch: 1, plainBytes: 2 * chunkPlainBytes + 100 };

async function twoChunks() {
  const [first, second] = await seal(copy, song(copy.plainBytes));
  if (first === undefined || second === undefined) throw new Error("too few chunks");
  return [first, second] as const;
}

describe("an encrypted copy", () => {
  test("opens to the very bytes that the server has sealed", async () => {
    const open = await keyFor("inst-a", "t-1", 3);
    const lengths = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(1, chunkPlainBytes - 1, chunkPlainBytes, chunkPlainBytes + 1, 2 * chunkPlainBytes),
    );
    await fc.assert(
      fc.asyncProperty(lengths, async (plainBytes) => {
        const plain = song(plainBytes);
        const identity = { trackId: "t-1", epoch: 3, plainBytes };
        const sealed = await seal(identity, plain);
        expect(sealed.length).toBe(chunkCount(plainBytes));
        expect(sealed.reduce((sum, { length }) => sum + length, 0)).toBe(sealedBytes(plainBytes));
        const opened = await Promise.all(sealed.map((chunk, n) => openChunk(open, identity, n, chunk)));
        expect(Buffer.concat(opened).equals(plain)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("is the same bytes for whoever writes another client", async () => {
    const chunks = await seal(copy, song(copy.plainBytes));
    expect(sealedOffset(1)).toBe(chunks[0]?.length);
    expect(createHash("sha256").update(Buffer.concat(chunks)).digest("hex")).toBe(
      "4885f01c10ceeb501360337a9a2e40a9a09b258bc6253647898abd2049ac7531",
    );
    expect(await seal(copy, song(copy.plainBytes), 1), "going on from a chunk").toEqual(chunks.slice(1));
  });

  test("a chunk with any bit changed, or cut anywhere, is refused", async () => {
    const identity = { trackId: "t-1", epoch: 1, plainBytes: 300 };
    const [chunk] = await seal(identity, song(300));
    if (chunk === undefined) throw new Error("no chunk");
    const open = await keyFor("inst-a", "t-1", 1);
    await fc.assert(
      fc.asyncProperty(fc.nat(chunk.length * 8 - 1), async (bit) => {
        const changed = chunk.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await expect(openChunk(open, identity, 0, changed)).rejects.toMatchObject(tampered);
      }),
    );
    for (const length of [0, 15, 16, chunk.length - 1])
      await expect(openChunk(open, identity, 0, chunk.slice(0, length))).rejects.toMatchObject(tampered);
  });

  test("chunks in another order, of another track or under another length are refused", async () => {
    const open = await keyFor("inst-a", "t-1", 1);
    const [first, second] = await twoChunks();
    await expect(openChunk(open, copy, 0, second)).rejects.toMatchObject(tampered);
    await expect(openChunk(open, copy, 1, first)).rejects.toMatchObject(tampered);
    await expect(openChunk(open, { ...copy, trackId: "t-2" }, 0, first)).rejects.toMatchObject(tampered);
    const cut = { ...copy, plainBytes: 2 * chunkPlainBytes };
    await expect(openChunk(open, cut, 0, first), "cut at a chunk's edge").rejects.toMatchObject(tampered);
  });

  test("another epoch or another installation opens nothing", async () => {
    const [chunk] = await twoChunks();
    const raised = { ...copy, epoch: 2 };
    await expect(openChunk(await keyFor("inst-a", "t-1", 1), raised, 0, chunk)).rejects.toMatchObject(
      tampered,
    );
    await expect(openChunk(await keyFor("inst-a", "t-1", 2), raised, 0, chunk)).rejects.toMatchObject(
      tampered,
    );
    await expect(openChunk(await keyFor("inst-b", "t-1", 1), copy, 0, chunk)).rejects.toMatchObject(tampered);
  });

  test.each([
    { trackId: "", epoch: 1, plainBytes: 1 },
    { trackId: "a|1", epoch: 1, plainBytes: 1 },
    { trackId: "t", epoch: 0, plainBytes: 1 },
    { trackId: "t", epoch: 1.5, plainBytes: 1 },
    { trackId: "t", epoch: 1, plainBytes: 0 },
    { trackId: "t", epoch: 1, plainBytes: 2 ** 31 },
  ])("refuses an identity that the format can't carry: %j", async (identity) => {
    const open = await keyFor("inst-a", "t-1", 1);
    await expect(openChunk(open, identity, 0, new Uint8Array(16))).rejects.toBeInstanceOf(OfflineError);
  });
});

test("a content key comes wrapped to one installation: another can't open it, and its own key can't be taken out", async () => {
  const own = await newInstallationKey();
  const other = await newInstallationKey();
  const raw = contentKey(master, { installationId: "a", trackId: "t", epoch: 1 });
  const enrolled = installationKey(Buffer.from(own.publicKey));
  if (enrolled === null) throw new Error("the server does not take the installation's key");
  const wrapped = (key: Buffer) => new Uint8Array(Buffer.from(wrapKey(key, enrolled), "base64"));
  expect(await unwrapContentKey(own.privateKey, wrapped(raw))).toEqual(new Uint8Array(raw));
  const refused = { code: "ERR_OFFLINE_LICENCE" };
  await expect(unwrapContentKey(other.privateKey, wrapped(raw))).rejects.toMatchObject(refused);
  await expect(unwrapContentKey(own.privateKey, wrapped(raw.subarray(1)))).rejects.toMatchObject(refused);
  await expect(crypto.subtle.exportKey("pkcs8", own.privateKey)).rejects.toThrow();
});
