import {
  decodeBundle,
  decodeTile,
  encodeBundle,
  encodeTile,
  fullTiles,
  GrowingTree,
  hashLeaf,
  partialWidth,
  sameBytes,
  tileLevels,
  tilePath,
  tileWidth,
  type TileLevel,
} from "@cordon/transparency";
import { JournalError } from "../errors.ts";
import type { LogFile, LogFolder } from "./log-folder.ts";

/** The right edge of the log as its newest checkpoint has it: what it takes to append. */
export interface LogState {
  readonly tree: GrowingTree;
  /** Entries of the incomplete bundle, 0–255 of them. */
  readonly lastEntries: readonly Uint8Array[];
}

export const emptyState: LogState = { tree: new GrowingTree(), lastEntries: [] };

/** The state at `size` from the files, checked against the checkpoint's root. Throws ERR_JOURNAL_TAMPERED. */
export async function loadState(log: LogFolder, size: number, root: Uint8Array): Promise<LogState> {
  const edges: (readonly Uint8Array[])[] = [];
  for (let level = 0; level < tileLevels(size); level++) {
    edges.push(await readEdge(log, level, size, decodeTile));
  }
  const lastEntries = await readEdge(log, "entries", size, decodeBundle);
  const tree = GrowingTree.fromEdges(size, edges);
  const leafHashes = edges[0] ?? [];
  const entriesFit = lastEntries.every((entry, i) =>
    sameBytes(hashLeaf(entry), leafHashes[i] ?? new Uint8Array()),
  );
  if (!entriesFit || !sameBytes(tree.root(), root)) {
    throw new JournalError(
      "ERR_JOURNAL_TAMPERED",
      `the last tiles of the journal do not lead to the root of its checkpoint (${size} entries)`,
      {
        hint: "`cordon journal verify` names the file",
      },
    );
  }
  return { tree, lastEntries };
}

async function readEdge(
  log: LogFolder,
  level: TileLevel,
  size: number,
  decode: (bytes: Uint8Array, width: number) => readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const number = level === "entries" ? 0 : level;
  const width = partialWidth(number, size);
  if (width === 0) return [];
  const file = tilePath(level, fullTiles(number, size), width);
  const bytes = await log.read(file);
  if (bytes === null) {
    throw new JournalError("ERR_JOURNAL_TAMPERED", `\`${file}\` is missing from the journal`, {
      hint: "put it back from a copy",
    });
  }
  return decode(bytes, width);
}

/** A log that has grown, and the files that say so. */
export interface GrownLog {
  readonly state: LogState;
  readonly files: readonly LogFile[];
  /** Paths of the tiles and bundles that are full now: their incomplete predecessors are of no use. */
  readonly completed: readonly string[];
}

/** Appends entries: the state afterwards, and every tile and bundle that is new or has changed. `state` stays as it is. */
export function growLog(state: LogState, entries: readonly Uint8Array[]): GrownLog {
  const tree = state.tree.clone();
  let lastEntries = [...state.lastEntries];
  const full: LogFile[] = [];
  const changedLevels = new Set([0]);
  for (const entry of entries) {
    const bundle = Math.floor(tree.size / tileWidth);
    lastEntries.push(entry);
    if (lastEntries.length === tileWidth) {
      full.push({ path: tilePath("entries", bundle), bytes: encodeBundle(lastEntries) });
      lastEntries = [];
    }
    for (const { level, index, hashes } of tree.append(hashLeaf(entry))) {
      full.push({ path: tilePath(level, index), bytes: encodeTile(hashes) });
      changedLevels.add(level + 1);
    }
  }
  const partial: LogFile[] = [];
  if (lastEntries.length > 0) {
    const bundle = fullTiles(0, tree.size);
    partial.push({ path: tilePath("entries", bundle, lastEntries.length), bytes: encodeBundle(lastEntries) });
  }
  for (const level of changedLevels) {
    const hashes = tree.edge(level);
    if (hashes.length === 0) continue;
    partial.push({
      path: tilePath(level, fullTiles(level, tree.size), hashes.length),
      bytes: encodeTile(hashes),
    });
  }
  return {
    state: { tree, lastEntries },
    files: [...full, ...partial],
    completed: full.map((file) => file.path),
  };
}
