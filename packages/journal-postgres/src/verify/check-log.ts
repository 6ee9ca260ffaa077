import {
  decodeBundle,
  fullTiles,
  GrowingTree,
  hashLeaf,
  parseEntry,
  sameBytes,
  tilePath,
  tileWidth,
  widthOfTile,
  type Checkpoint,
  type JournalEntry,
  type VerifierKey,
} from "@cordon/transparency";
import { checkListing, readIndex } from "./check-index.ts";
import { KeptCheckpoints, type ForeignCheckpoint } from "./check-kept.ts";
import { partialWidths, TileCheck } from "./check-tiles.ts";
import type { LogSource } from "./log-source.ts";
import { reasonOf, type Findings } from "./verification.ts";

/** Called for each entry in order; null for one that is malformed. */
type OnEntry = (seq: number, entry: JournalEntry | null) => Promise<void>;

/**
 * Steps 3 to 7 in one walk over the entries: bundles, tiles by level, root, kept checkpoints, entries. Returns how many
 * checkpoints the index lists.
 */
export async function checkLog(given: {
  readonly source: LogSource;
  readonly key: VerifierKey;
  readonly checkpoint: Checkpoint;
  readonly foreign: readonly ForeignCheckpoint[];
  readonly findings: Findings;
  readonly onEntry: OnEntry;
}): Promise<number> {
  const { source, key, checkpoint, foreign, findings, onEntry } = given;
  const sizes = await readIndex(source, findings);
  await checkListing(source, sizes, key, findings);
  const kept = new KeptCheckpoints({ source, key, findings, sizes, foreign });
  const tiles = new TileCheck(source);
  const order = new EntryOrder(checkpoint.size, findings);
  const tree = new GrowingTree();
  const { size } = checkpoint;
  let lastEntries: readonly Uint8Array[] = [];
  for (let bundle = 0; bundle * tileWidth < size; bundle++) {
    const entries = await readBundle(source, bundle, size, findings);
    if (entries === null) return sizes.length;
    for (const entry of entries) {
      const seq = tree.size;
      for (const tile of tree.append(hashLeaf(entry))) await tiles.full(tile);
      await kept.pass(tree.size, () => tree.root());
      await onEntry(seq, order.read(seq, entry));
    }
    if (bundle === fullTiles(0, size)) lastEntries = entries;
  }
  await tiles.edges(tree, sizes);
  tiles.conclude(sameBytes(tree.root(), checkpoint.root), size, findings);
  await checkEarlierBundles(source, lastEntries, { size, sizes, findings });
  kept.end(size);
  return sizes.length;
}

/** Step 3. null when the bundle is missing or malformed: nothing after it can be checked. */
async function readBundle(
  source: LogSource,
  bundle: number,
  size: number,
  findings: Findings,
): Promise<readonly Uint8Array[] | null> {
  const width = widthOfTile(0, bundle, size);
  const path = tilePath("entries", bundle, width);
  let bytes = await source.read(path);
  try {
    if (bytes !== null) return decodeBundle(bytes, width);
    // It may have become full since the checkpoint was read.
    bytes = width === tileWidth ? null : await source.read(tilePath("entries", bundle));
    if (bytes !== null) return decodeBundle(bytes, tileWidth).slice(0, width);
    findings.add("bundles", { path, seq: bundle * tileWidth, reason: "the entry bundle is missing" });
  } catch (error) {
    findings.add("bundles", { path, seq: null, reason: reasonOf(error) });
  }
  return null;
}

/** The incomplete bundles of kept checkpoints, which stay until the full one is there. */
async function checkEarlierBundles(
  source: LogSource,
  entries: readonly Uint8Array[],
  given: { readonly size: number; readonly sizes: Float64Array; readonly findings: Findings },
): Promise<void> {
  const { size, sizes, findings } = given;
  const bundle = fullTiles(0, size);
  for (const width of partialWidths(0, size, sizes).slice(1)) {
    const path = tilePath("entries", bundle, width);
    const bytes = await source.read(path);
    if (bytes === null) {
      // In a log that grows meanwhile the full bundle may have taken its place.
      if ((await source.read(tilePath("entries", bundle))) !== null) continue;
      findings.add("bundles", {
        path,
        seq: null,
        reason: "the entry bundle of a kept checkpoint is missing",
      });
      continue;
    }
    try {
      const changed = decodeBundle(bytes, width).findIndex(
        (entry, i) => !sameBytes(entry, entries[i] ?? new Uint8Array()),
      );
      if (changed < 0) continue;
      const reason = "the entry is not the one that the later bundle holds";
      findings.add("bundles", { path, seq: bundle * tileWidth + changed, reason });
    } catch (error) {
      findings.add("bundles", { path, seq: null, reason: reasonOf(error) });
    }
  }
}

/** Step 7: each entry is well-formed, stands at its own place, and is not older than the one before it. */
class EntryOrder {
  readonly #findings: Findings;
  readonly #size: number;
  #atMs = 0;

  constructor(size: number, findings: Findings) {
    this.#size = size;
    this.#findings = findings;
  }

  read(seq: number, bytes: Uint8Array): JournalEntry | null {
    try {
      const entry = parseEntry(bytes);
      if (entry.seq !== seq) this.#fail(seq, `the entry says that it is entry ${entry.seq}`);
      if (entry.atMs < this.#atMs) this.#fail(seq, "the entry is older than the one before it");
      this.#atMs = Math.max(this.#atMs, entry.atMs);
      return entry;
    } catch (error) {
      this.#fail(seq, reasonOf(error));
      return null;
    }
  }

  #fail(seq: number, reason: string): void {
    const bundle = Math.floor(seq / tileWidth);
    const path = tilePath("entries", bundle, widthOfTile(0, bundle, this.#size));
    this.#findings.add("entries", { path, seq, reason });
  }
}
