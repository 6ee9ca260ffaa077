import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  consistencyProof,
  emptyRoot,
  GrowingTree,
  hashLeaf,
  hashNode,
  inclusionProof,
  partialWidth,
  sha256,
  tileLevels,
  verifyConsistency,
  verifyInclusion,
  type ReadTile,
} from "../src/index.ts";
import { base64, hex, vectors } from "./vectors.ts";

interface MerkleVectors {
  readonly leaves: readonly string[];
  readonly emptyRoot: string;
  readonly roots: Readonly<Record<string, string>>;
  readonly inclusion: readonly {
    index: number;
    size: number;
    leafHash: string;
    root: string;
    proof: string[];
    valid: boolean;
  }[];
  readonly consistency: readonly {
    size1: number;
    size2: number;
    root1: string;
    root2: string;
    proof: string[];
    valid: boolean;
  }[];
}

const cases = vectors("merkle") as MerkleVectors;
const leafHashOf = (i: number): Uint8Array => hashLeaf(Buffer.from(`leaf ${i}`));

/** RFC 6962 2.1 word by word, to check the growing tree against. */
function treeHash(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return sha256(new Uint8Array());
  if (hashes.length === 1) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return hashNode(treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)));
}

/** A tree with all its tiles in memory. */
function grow(size: number): { tree: GrowingTree; readTile: ReadTile; hashes: readonly Uint8Array[] } {
  const tree = new GrowingTree();
  const tiles = new Map<string, readonly Uint8Array[]>();
  const hashes = Array.from({ length: size }, (_, i) => leafHashOf(i));
  for (const hash of hashes) {
    for (const tile of tree.append(hash)) tiles.set(`${tile.level}/${tile.index}`, tile.hashes);
  }
  const readTile: ReadTile = (level, index, width) => {
    const found = tiles.get(`${level}/${index}`) ?? tree.edge(level);
    if (found.length < width) return Promise.reject(new Error(`no tile ${level}/${index} of ${width}`));
    return Promise.resolve(found.slice(0, width));
  };
  return { tree, readTile, hashes };
}

describe("hashing RFC 6962", () => {
  it("has the reference tree's roots", () => {
    const tree = new GrowingTree();
    expect(hex(tree.root())).toBe(cases.emptyRoot);
    expect(hex(emptyRoot())).toBe(cases.emptyRoot);
    cases.leaves.forEach((leaf, i) => {
      tree.append(hashLeaf(Buffer.from(leaf, "hex")));
      expect(hex(tree.root())).toBe(cases.roots[String(i + 1)]);
    });
  });

  it("is the recursive definition at every size", () => {
    const hashes = Array.from({ length: 700 }, (_, i) => leafHashOf(i));
    const tree = new GrowingTree();
    hashes.forEach((hash, i) => {
      tree.append(hash);
      if (i < 20 || i % 97 === 0 || i > 690) expect(tree.root()).toEqual(treeHash(hashes.slice(0, i + 1)));
    });
  });
});

describe("a growing tree", () => {
  it("goes on from the incomplete tiles of its right edge", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 300 }), (size, more) => {
        const { tree } = grow(size);
        const edges = Array.from({ length: tileLevels(size) }, (_, level) => tree.edge(level));
        expect(edges.map((edge) => edge.length)).toEqual(edges.map((_, level) => partialWidth(level, size)));
        const restored = GrowingTree.fromEdges(size, edges);
        for (let i = size; i < size + more; i++) restored.append(leafHashOf(i));
        expect(restored.root()).toEqual(grow(size + more).tree.root());
        expect(tree.size).toBe(size);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves the tree it was cloned from as it was", () => {
    const { tree } = grow(300);
    const before = tree.root();
    tree.clone().append(leafHashOf(300));
    expect(tree.root()).toEqual(before);
  });
});

describe("inclusion proofs", () => {
  it.each(cases.inclusion)("case of index $index in $size: $valid", (given) => {
    const { index, size, valid } = given;
    const proof = given.proof.map(base64);
    expect(
      verifyInclusion({ leafHash: base64(given.leafHash), index, size, proof, root: base64(given.root) }),
    ).toBe(valid);
  });

  it("prove every leaf at sizes around the tiles' edges, and nothing else", async () => {
    for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 300, 513]) {
      const { tree, readTile, hashes } = grow(size);
      const root = tree.root();
      for (let index = 0; index < size; index += size > 20 ? 23 : 1) {
        const proof = await inclusionProof(index, size, readTile);
        const leafHash = hashes[index] ?? new Uint8Array();
        expect(verifyInclusion({ leafHash, index, size, proof, root })).toBe(true);
        expect(verifyInclusion({ leafHash, index: index + 1, size, proof, root })).toBe(false);
        expect(verifyInclusion({ leafHash, index, size, proof: [...proof, root], root })).toBe(false);
        if (proof.length > 0)
          expect(verifyInclusion({ leafHash, index, size, proof: proof.slice(1), root })).toBe(false);
        expect(verifyInclusion({ leafHash: root, index, size, proof, root: leafHash })).toBe(size === 1);
      }
    }
  });
});

describe("consistency proofs", () => {
  it.each(cases.consistency)("case of $size1 in $size2: $valid", (given) => {
    const { size1, size2, valid } = given;
    const proof = given.proof.map(base64);
    expect(
      verifyConsistency({ size1, size2, root1: base64(given.root1), root2: base64(given.root2), proof }),
    ).toBe(valid);
  });

  it("show every earlier size to be a beginning, and no other tree", async () => {
    const size2 = 515;
    const { tree, readTile, hashes } = grow(size2);
    const root2 = tree.root();
    for (const size1 of [1, 2, 3, 127, 128, 255, 256, 257, 400, 512, 514, 515]) {
      const root1 = treeHash(hashes.slice(0, size1));
      const proof = await consistencyProof(size1, size2, readTile);
      expect(verifyConsistency({ size1, size2, root1, root2, proof })).toBe(true);
      expect(verifyConsistency({ size1, size2, root1: root2, root2: root1, proof })).toBe(size1 === size2);
      expect(verifyConsistency({ size1, size2, root1, root2, proof: [...proof, root1] })).toBe(false);
      if (size1 < size2) {
        expect(verifyConsistency({ size1, size2, root1, root2, proof: proof.slice(0, -1) })).toBe(false);
        expect(verifyConsistency({ size1: size1 + 1, size2, root1, root2, proof })).toBe(false);
      }
    }
  });
});
