import { emptyRoot, hashNode } from "./merkle-hash.ts";
import { tileWidth } from "./tile-path.ts";

/** A tile that has all its hashes. */
export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/** Height of the subtree below one hash of a tile, in tree levels: 256 = 2⁸ leaves for each level of tiles. */
const treeLevelsPerTile = 8;

interface Subtree {
  readonly height: number;
  readonly hash: Uint8Array;
}

/**
 * The right edge of a growing tree: the roots of its perfect subtrees and the hashes of its incomplete tiles, so that
 * leaves can be appended without reading the tree. Memory is bounded by the logarithm of the size.
 */
export class GrowingTree {
  #size = 0;
  /** Roots of the perfect subtrees from left to right, each smaller than the one before. */
  readonly #subtrees: Subtree[] = [];
  /** The hashes of the incomplete tile of each level, 0–255 of them. */
  readonly #edges: Uint8Array[][] = [];

  /**
   * A tree of `size` leaves from the incomplete tiles of its right edge; `edges[level]` holds exactly
   * ⌊size / 256^level⌋ mod 256 hashes.
   */
  static fromEdges(size: number, edges: readonly (readonly Uint8Array[])[]): GrowingTree {
    const tree = new GrowingTree();
    tree.#size = size;
    for (let level = edges.length - 1; level >= 0; level--) {
      const hashes = edges[level] ?? [];
      tree.#edges[level] = [...hashes];
      let start = 0;
      for (let height = treeLevelsPerTile - 1; height >= 0; height--) {
        const width = 2 ** height;
        if (hashes.length - start < width) continue;
        const hash = perfectRoot(hashes.slice(start, start + width));
        tree.#subtrees.push({ height: level * treeLevelsPerTile + height, hash });
        start += width;
      }
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Another tree of the same leaves, which grows by itself. */
  clone(): GrowingTree {
    return GrowingTree.fromEdges(this.#size, this.#edges);
  }

  /** The hashes of the incomplete tile of a level; empty where the level has none. */
  edge(level: number): readonly Uint8Array[] {
    return this.#edges[level] ?? [];
  }

  /** Levels of tiles, incomplete ones included. */
  get levels(): number {
    return this.#edges.length;
  }

  /** Appends a leaf and returns the tiles that it completed, from level 0 upwards. */
  append(leafHash: Uint8Array): readonly FullTile[] {
    const completed: FullTile[] = [];
    let grown: Subtree = { height: 0, hash: leafHash };
    this.#addToEdge(0, leafHash, completed);
    for (;;) {
      const last = this.#subtrees.at(-1);
      if (last?.height !== grown.height) break;
      this.#subtrees.pop();
      grown = { height: grown.height + 1, hash: hashNode(last.hash, grown.hash) };
      if (grown.height % treeLevelsPerTile === 0) {
        this.#addToEdge(grown.height / treeLevelsPerTile, grown.hash, completed);
      }
    }
    this.#subtrees.push(grown);
    this.#size++;
    return completed;
  }

  #addToEdge(level: number, hash: Uint8Array, completed: FullTile[]): void {
    const edge = (this.#edges[level] ??= []);
    edge.push(hash);
    if (edge.length < tileWidth) return;
    const index = Math.floor(this.#size / tileWidth ** (level + 1));
    completed.push({ level, index, hashes: edge });
    this.#edges[level] = [];
  }

  /** The Merkle tree hash over all leaves. */
  root(): Uint8Array {
    const subtrees = this.#subtrees;
    let root = subtrees.at(-1)?.hash;
    if (root === undefined) return emptyRoot();
    for (let i = subtrees.length - 2; i >= 0; i--) {
      const left = subtrees[i];
      if (left !== undefined) root = hashNode(left.hash, root);
    }
    return root;
  }
}

/** The root over 2ⁿ hashes of one height. */
export function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      const left = level[i];
      const right = level[i + 1];
      if (left !== undefined && right !== undefined) above.push(hashNode(left, right));
    }
    level = above;
  }
  return level[0] ?? emptyRoot();
}
