import {
  decodeTile,
  fullTiles,
  hashBytes,
  partialWidth,
  sameBytes,
  tileLevels,
  tilePath,
  tileWidth,
  widthOfTile,
  type FullTile,
  type GrowingTree,
} from "@cordon/transparency";
import type { LogSource } from "./log-source.ts";
import { reasonOf, type Failure, type Findings } from "./verification.ts";

/** Where a tile says another hash than the entries lead to: `position` counts the hashes of the whole level. */
interface Mismatch {
  readonly level: number;
  readonly position: number;
  readonly file: string;
}

const mismatchesMax = 10_000;

/**
 * Step 4: compares the tiles with the hashes that the bundles lead to. When they disagree, the checkpoint's signed root
 * tells which of the two was changed.
 */
export class TileCheck {
  readonly #source: LogSource;
  readonly #mismatches: Mismatch[] = [];
  /** Missing and malformed tiles, the lowest level first. */
  readonly #broken: (Failure & { readonly level: number })[] = [];

  constructor(source: LogSource) {
    this.#source = source;
  }

  async full({ level, index, hashes }: FullTile): Promise<void> {
    const file = tilePath(level, index);
    this.#compare({ level, index, hashes, file, bytes: await this.#source.read(file) });
  }

  /** The right edge of the checkpoint's tree, and of the kept checkpoints' trees where no full tile has come since. */
  async edges(tree: GrowingTree, keptSizes: Float64Array): Promise<void> {
    for (let level = 0; level < tileLevels(tree.size); level++) {
      const index = fullTiles(level, tree.size);
      const hashes = tree.edge(level);
      for (const width of partialWidths(level, tree.size, keptSizes)) {
        const file = tilePath(level, index, width);
        const bytes = (await this.#source.read(file)) ?? (await this.#prefix(level, index, width));
        this.#compare({ level, index, hashes: hashes.slice(0, width), file, bytes });
      }
    }
  }

  /** A tile that has become full since stands for its incomplete predecessors. */
  async #prefix(level: number, index: number, width: number): Promise<Uint8Array | null> {
    const full = await this.#source.read(tilePath(level, index));
    return full === null ? null : full.subarray(0, width * hashBytes);
  }

  #compare(given: FullTile & { readonly file: string; readonly bytes: Uint8Array | null }): void {
    const { level, index, hashes, file, bytes } = given;
    if (bytes === null) {
      this.#broken.push({ level, path: file, seq: null, reason: "the tile is missing" });
      return;
    }
    let found: readonly Uint8Array[];
    try {
      found = decodeTile(bytes, hashes.length);
    } catch (error) {
      this.#broken.push({ level, path: file, seq: null, reason: reasonOf(error) });
      return;
    }
    hashes.forEach((hash, i) => {
      if (sameBytes(hash, found[i] ?? new Uint8Array()) || this.#mismatches.length >= mismatchesMax) return;
      this.#mismatches.push({ level, position: index * tileWidth + i, file });
    });
  }

  /** Attributes what was found, now that the root over all entries is known to be the signed one or not. */
  conclude(rootFits: boolean, size: number, findings: Findings): void {
    const mismatches = this.#mismatches.toSorted((a, b) => a.level - b.level || a.position - b.position);
    const tileFailures = [
      ...this.#broken,
      ...mismatches.map(({ level, position, file }) => ({
        level,
        path: file,
        seq: level === 0 ? position : null,
        reason: `hash ${position % tileWidth} of the tile is not the one that the entries lead to`,
      })),
    ].sort((a, b) => a.level - b.level);
    const [tileFailure] = tileFailures;
    if (tileFailure !== undefined) {
      const { path, seq, reason } = tileFailure;
      findings.add("tiles", { path, seq, reason });
    }
    if (rootFits) return;
    const bundleFailure = this.#changedBundle(mismatches, size);
    if (bundleFailure !== null) findings.add("bundles", bundleFailure);
    findings.add("root", {
      path: "checkpoint",
      seq: null,
      reason: "the root of the entries is not the one that the checkpoint signs",
    });
  }

  /**
   * The bundle that was changed, when the entries do not lead to the signed root: the first whose hashes differ from the
   * tiles at every level that tells.
   */
  #changedBundle(mismatches: readonly Mismatch[], size: number): Failure | null {
    const differs = new Set(mismatches.map(({ level, position }) => `${level}/${position}`));
    for (const { level, position } of mismatches) {
      const above = Math.floor(position / tileWidth);
      const hasAbove = above < fullTiles(level, size);
      // The level above agrees with the entries: then this tile was changed, not the entries.
      if (hasAbove && !differs.has(`${level + 1}/${above}`)) continue;
      const firstSeq = position * tileWidth ** level;
      const bundle = Math.floor(firstSeq / tileWidth);
      return {
        path: tilePath("entries", bundle, widthOfTile(0, bundle, size)),
        seq: level === 0 ? firstSeq : null,
        reason:
          level === 0
            ? "the entry is not the one that the tree holds"
            : "the entries are not those that the tree holds",
      };
    }
    return null;
  }
}

/** Widths that an incomplete tile at the right edge has had at the sizes of checkpoints, its own included. */
export function partialWidths(level: number, size: number, keptSizes: Float64Array): readonly number[] {
  const start = fullTiles(level, size) * tileWidth ** (level + 1);
  const widths = new Set([partialWidth(level, size)]);
  for (let i = keptSizes.length - 1; i >= 0; i--) {
    const kept = keptSizes[i] ?? 0;
    if (kept < start) break;
    if (kept < size) widths.add(partialWidth(level, kept));
  }
  widths.delete(0);
  return [...widths].sort((a, b) => b - a);
}
