import { createHash } from "node:crypto";
import { parseInstant } from "@cordon/model";
import { describe, expect, it } from "vitest";
import {
  commitmentOf,
  consistencyProof,
  encodeBase64,
  encodeBundle,
  encodeEntry,
  encodeTile,
  eventText,
  formatProof,
  GrowingTree,
  hashLeaf,
  inclusionProof,
  noteSigner,
  openCheckpoint,
  openProof,
  parseEntry,
  parseVerifierKey,
  sha256,
  signCheckpoint,
  tilePath,
  verifyConsistency,
  type ReadTile,
} from "../src/index.ts";
import { base64, privateKeyPem, vectors } from "./vectors.ts";

interface LogVectors {
  readonly seed: string;
  readonly vkey: string;
  readonly size: number;
  readonly entries: readonly {
    seq: number;
    salt: string;
    event: unknown;
    commitment: string;
    entry: string;
    leafHash: string;
  }[];
  readonly checkpoints: Readonly<Record<string, string>>;
  readonly filesSha256: Readonly<Record<string, string>>;
  readonly proofs: readonly { index: number; size: number; proof: string }[];
  readonly consistency: readonly { size1: number; size2: number; proof: string[] }[];
}

const log = vectors("log") as LogVectors;
const key = parseVerifierKey(log.vkey);
const signer = noteSigner(key.name, privateKeyPem(log.seed));

function entryBytes(seq: number): Uint8Array {
  const salt = sha256(Buffer.from(`salt ${seq}`));
  const commitment = commitmentOf(salt, eventText({ n: seq, name: "Zoë" }));
  return encodeEntry({
    seq,
    atMs: 1_401_192_000_000 + 7 * seq,
    type: "answer-given",
    stream: `incident/${seq % 3}`,
    commitment,
  });
}

/** The vector's log, grown by this implementation; what it wrote is kept by path. */
function build(): {
  files: Map<string, Uint8Array>;
  checkpoints: Map<number, Uint8Array>;
  entries: Uint8Array[];
} {
  const files = new Map<string, Uint8Array>();
  const checkpoints = new Map<number, Uint8Array>();
  const entries: Uint8Array[] = [];
  const tree = new GrowingTree();
  for (let seq = 0; seq < log.size; seq++) {
    const entry = entryBytes(seq);
    entries.push(entry);
    for (const { level, index, hashes } of tree.append(hashLeaf(entry))) {
      files.set(tilePath(level, index), encodeTile(hashes));
    }
    if (String(tree.size) in log.checkpoints) {
      checkpoints.set(tree.size, signCheckpoint({ size: tree.size, root: tree.root() }, signer));
    }
  }
  for (let bundle = 0; bundle * 256 < log.size; bundle++) {
    const part = entries.slice(bundle * 256, (bundle + 1) * 256);
    files.set(tilePath("entries", bundle, part.length), encodeBundle(part));
  }
  for (let level = 0; level < tree.levels; level++) {
    const edge = tree.edge(level);
    const index = Math.floor(log.size / 256 ** (level + 1));
    if (edge.length > 0) files.set(tilePath(level, index, edge.length), encodeTile(edge));
  }
  return { files, checkpoints, entries };
}

const built = build();

/** Tiles as they would be in a tree of `size`: the beginning of the larger tree's tiles, but for level 1 and up at its edge. */
function tilesOf(size: number): ReadTile {
  return (level, index, width) => {
    const first = index * 256 * 256 ** level;
    const hashes = Array.from({ length: width }, (_, i) => {
      const tree = new GrowingTree();
      const start = first + i * 256 ** level;
      for (let seq = start; seq < start + 256 ** level && seq < size; seq++)
        tree.append(hashLeaf(built.entries[seq] ?? new Uint8Array()));
      return tree.root();
    });
    return Promise.resolve(hashes);
  };
}

describe("the log of vectors/journal", () => {
  it("has the same key", () => {
    expect(signer.key.line).toBe(log.vkey);
  });

  it.each(log.entries)(
    "entry $seq: commitment, canonical bytes, leaf hash",
    ({ seq, salt, event, commitment, entry, leafHash }) => {
      expect(encodeBase64(commitmentOf(base64(salt), eventText(event)))).toBe(commitment);
      expect(Buffer.from(entryBytes(seq)).toString("utf8")).toBe(entry);
      expect(encodeBase64(hashLeaf(Buffer.from(entry)))).toBe(leafHash);
      const parsed = parseEntry(Buffer.from(entry));
      const at = /"at":"([^"]+)"/.exec(entry)?.[1] ?? "";
      expect(parsed).toMatchObject({ seq, atMs: parseInstant(at), type: "answer-given" });
    },
  );

  it.each(Object.entries(log.checkpoints))("checkpoint of %s, byte for byte", (size, checkpoint) => {
    expect(Buffer.from(built.checkpoints.get(Number(size)) ?? []).toString("utf8")).toBe(checkpoint);
    expect(openCheckpoint(Buffer.from(checkpoint), key).size).toBe(Number(size));
  });

  it.each(Object.entries(log.filesSha256))("file %s", (path, digest) => {
    const bytes = built.files.get(path);
    expect(
      createHash("sha256")
        .update(bytes ?? "absent")
        .digest("hex"),
    ).toBe(digest);
  });

  it.each(log.proofs)("proof of entry $index in $size, byte for byte", async ({ index, size, proof }) => {
    const opened = openProof(Buffer.from(proof), key);
    expect(opened).toMatchObject({ index, checkpoint: { size } });
    expect(opened.entry).toEqual(built.entries[index]);
    if (size > 1000 && index !== 42) return;
    const made = formatProof({
      extra: built.entries[index] ?? null,
      index,
      hashes: await inclusionProof(index, size, tilesOf(size)),
      checkpoint: Buffer.from(log.checkpoints[String(size)] ?? ""),
    });
    expect(Buffer.from(made).toString("utf8")).toBe(proof);
  });

  it.each(log.consistency)("consistency of $size1 with $size2", async ({ size1, size2, proof }) => {
    const rootAt = (size: number): Uint8Array =>
      openCheckpoint(Buffer.from(log.checkpoints[String(size)] ?? ""), key).root;
    const given = proof.map(base64);
    if (String(size1) in log.checkpoints) {
      const heads = { size1, size2, root1: rootAt(size1), root2: rootAt(size2) };
      expect(verifyConsistency({ ...heads, proof: given })).toBe(true);
      expect(verifyConsistency({ ...heads, root1: rootAt(size2), proof: given })).toBe(false);
    }
    if (size1 === 65_536)
      expect(await consistencyProof(size1, size2, tilesOf(size2))).toEqual(
        given.map((hash) => Buffer.from(hash)),
      );
  });

  it("a proof whose bytes are changed is refused", () => {
    const text = log.proofs.find(({ index }) => index === 42)?.proof ?? "";
    const proof = Buffer.from(text);
    for (let i = 0; i < proof.length; i += 3) {
      const changed = Buffer.from(proof);
      changed[i] = (changed[i] ?? 0) ^ 2;
      expect(() => openProof(changed, key), `byte ${i}`).toThrow();
    }
    expect(() => openProof(proof.subarray(0, -1), key)).toThrow();
    expect(() => openProof(Buffer.concat([proof, Buffer.from("x")]), key)).toThrow();
  });
});
