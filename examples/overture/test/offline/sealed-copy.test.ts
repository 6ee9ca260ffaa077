import { createDecipheriv, createHash, hkdfSync } from "node:crypto";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  chunkCount,
  chunkPlainBytes,
  chunkTagBytes,
  sealedBytes,
  sealedOffset,
} from "../../src/api/offline-format.ts";
import {
  deriveContentKey,
  importContentKey,
  importMaster,
  newInstallationKey,
  OfflineError,
  openChunk,
  sealCopy,
  unwrapContentKey,
  wrapContentKey,
  importInstallationKey,
} from "../../src/offline/index.ts";
import type { CopyIdentity } from "../../src/offline/index.ts";

const secret = new Uint8Array(32).map((_, at) => at);
const master = await importMaster(secret);
const salt = "overture-offline-1 content key";

async function keyOf(installationId: string, trackId: string, epoch: number, usage: "encrypt" | "decrypt") {
  return importContentKey(await deriveContentKey(master, { installationId, trackId, epoch }), usage);
}

function song(bytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).map((_, at) => (at * 31 + seed * 7 + (at >> 8)) & 255);
}

async function seal(copy: CopyIdentity, plain: Uint8Array, installationId = "inst-a") {
  const key = await keyOf(installationId, copy.trackId, copy.epoch, "encrypt");
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of sealCopy(key, copy, [plain])) chunks.push(chunk);
  return chunks;
}

const tampered = { code: "ERR_OFFLINE_TAMPERED" };
const copy: CopyIdentity = { trackId: "t-1", epoch: 1, plainBytes: 2 * chunkPlainBytes + 100 };

describe("an encrypted copy", () => {
  test("opens to the very bytes, whatever pieces the file is read in", async () => {
    const key = await keyOf("inst-a", "t-1", 3, "encrypt");
    const open = await keyOf("inst-a", "t-1", 3, "decrypt");
    const lengths = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(1, chunkPlainBytes - 1, chunkPlainBytes, chunkPlainBytes + 1, 2 * chunkPlainBytes),
    );
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 90_000 }), async (plainBytes, pieceBytes) => {
        const plain = song(plainBytes);
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < plainBytes; at += pieceBytes) pieces.push(plain.subarray(at, at + pieceBytes));
        const identity = { trackId: "t-1", epoch: 3, plainBytes };
        const sealed: Uint8Array<ArrayBuffer>[] = [];
        for await (const chunk of sealCopy(key, identity, pieces)) sealed.push(chunk);
        expect(sealed.length).toBe(chunkCount(plainBytes));
        expect(sealed.reduce((sum, { length }) => sum + length, 0)).toBe(sealedBytes(plainBytes));
        const opened = await Promise.all(sealed.map((chunk, n) => openChunk(open, identity, n, chunk)));
        expect(Buffer.concat(opened).equals(plain)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("is what AES-256-GCM and HKDF of another implementation make of the same keys", async () => {
    const plain = song(copy.plainBytes);
    const chunks = await seal(copy, plain);
    const raw = Buffer.from(hkdfSync("sha256", secret, salt, "inst-a|t-1|1", 32));
    chunks.forEach((chunk, n) => {
      const nonce = Buffer.alloc(12);
      nonce.writeUInt32BE(n, 8);
      const open = createDecipheriv("aes-256-gcm", raw, nonce);
      open.setAAD(Buffer.from(`t-1|1|${n}|${copy.plainBytes}`));
      open.setAuthTag(chunk.subarray(-chunkTagBytes));
      const bytes = Buffer.concat([open.update(chunk.subarray(0, -chunkTagBytes)), open.final()]);
      expect(bytes.equals(plain.subarray(n * chunkPlainBytes, (n + 1) * chunkPlainBytes))).toBe(true);
    });
    // A vector for whoever writes a client in another language.
    expect(createHash("sha256").update(Buffer.concat(chunks)).digest("hex")).toBe(
      "d0e2d1401679935d10b50dc07fcb66bbf8032af68793926640dbfdcde8502a9c",
    );
    expect(sealedOffset(1)).toBe(chunks[0]?.length);
  });

  test("a chunk with any bit changed, or cut anywhere, is refused", async () => {
    const identity = { trackId: "t-1", epoch: 1, plainBytes: 300 };
    const [chunk] = await seal(identity, song(300));
    if (chunk === undefined) throw new Error("no chunk");
    const open = await keyOf("inst-a", "t-1", 1, "decrypt");
    await fc.assert(
      fc.asyncProperty(fc.nat(chunk.length * 8 - 1), async (bit) => {
        const changed = chunk.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await expect(openChunk(open, identity, 0, changed)).rejects.toMatchObject(tampered);
      }),
    );
    for (const length of [0, 15, 16, chunk.length - 1]) {
      await expect(openChunk(open, identity, 0, chunk.slice(0, length))).rejects.toMatchObject(tampered);
    }
  });

  test("chunks in another order, of another track or under another length are refused", async () => {
    const chunks = await seal(copy, song(copy.plainBytes));
    const open = await keyOf("inst-a", "t-1", 1, "decrypt");
    const [first, second] = chunks;
    if (first === undefined || second === undefined) throw new Error("too few chunks");
    await expect(openChunk(open, copy, 0, second)).rejects.toMatchObject(tampered);
    await expect(openChunk(open, copy, 1, first)).rejects.toMatchObject(tampered);
    await expect(openChunk(open, { ...copy, trackId: "t-2" }, 0, first)).rejects.toMatchObject(tampered);
    const cut = { ...copy, plainBytes: 2 * chunkPlainBytes };
    await expect(openChunk(open, cut, 0, first), "cut at a chunk's edge").rejects.toMatchObject(tampered);
  });

  test("another epoch or another installation opens nothing", async () => {
    const [chunk] = await seal(copy, song(copy.plainBytes));
    if (chunk === undefined) throw new Error("no chunk");
    const raised = { ...copy, epoch: 2 };
    const old = await keyOf("inst-a", "t-1", 1, "decrypt");
    const next = await keyOf("inst-a", "t-1", 2, "decrypt");
    const stranger = await keyOf("inst-b", "t-1", 1, "decrypt");
    await expect(openChunk(old, raised, 0, chunk)).rejects.toMatchObject(tampered);
    await expect(openChunk(next, raised, 0, chunk)).rejects.toMatchObject(tampered);
    await expect(openChunk(stranger, copy, 0, chunk)).rejects.toMatchObject(tampered);
  });

  test("a file that changed while it is sealed ends the sealing", async () => {
    for (const bytes of [copy.plainBytes - 1, copy.plainBytes + 1, 0, 2 * chunkPlainBytes]) {
      await expect(seal(copy, song(bytes))).rejects.toMatchObject({ code: "ERR_OFFLINE_FORMAT" });
    }
  });

  test.each([
    { trackId: "", epoch: 1, plainBytes: 1 },
    { trackId: "a|1", epoch: 1, plainBytes: 1 },
    { trackId: "t", epoch: 0, plainBytes: 1 },
    { trackId: "t", epoch: 1.5, plainBytes: 1 },
    { trackId: "t", epoch: 1, plainBytes: 0 },
    { trackId: "t", epoch: 1, plainBytes: 2 ** 31 },
  ])("refuses an identity that the format can't carry: %j", async (identity) => {
    const open = await keyOf("inst-a", "t-1", 1, "decrypt");
    await expect(openChunk(open, identity, 0, new Uint8Array(16))).rejects.toBeInstanceOf(OfflineError);
  });
});

describe("a content key", () => {
  test("differs for every installation, track and epoch", async () => {
    const scopes = ["a", "b"].flatMap((installationId) =>
      ["a", "b"].flatMap((trackId) => [1, 11].map((epoch) => ({ installationId, trackId, epoch }))),
    );
    const keys = await Promise.all(scopes.map((scope) => deriveContentKey(master, scope)));
    expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(scopes.length);
    const forged = { installationId: "a|b", trackId: "c", epoch: 1 };
    await expect(deriveContentKey(master, forged)).rejects.toMatchObject({ code: "ERR_OFFLINE_FORMAT" });
  });

  test("comes wrapped to one installation: another one can't open it, and its own key can't be taken out", async () => {
    const own = await newInstallationKey();
    const other = await newInstallationKey();
    const raw = await deriveContentKey(master, { installationId: "a", trackId: "t", epoch: 1 });
    const wrapped = await wrapContentKey(await importInstallationKey(own.publicKey), raw);
    expect(await unwrapContentKey(own.privateKey, wrapped)).toEqual(raw);
    await expect(unwrapContentKey(other.privateKey, wrapped)).rejects.toMatchObject({
      code: "ERR_OFFLINE_LICENCE",
    });
    await expect(crypto.subtle.exportKey("pkcs8", own.privateKey)).rejects.toThrow();
    const short = await wrapContentKey(await importInstallationKey(own.publicKey), raw.slice(1));
    await expect(unwrapContentKey(own.privateKey, short)).rejects.toMatchObject({
      code: "ERR_OFFLINE_LICENCE",
    });
  });

  test.each([0, 1, 294, 400, 5000])("%i bytes that are no public key are refused", async (bytes) => {
    await expect(importInstallationKey(new Uint8Array(bytes))).rejects.toMatchObject({
      code: "ERR_OFFLINE_LICENCE",
    });
  });
});
