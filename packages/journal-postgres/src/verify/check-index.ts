import { openCheckpoint, parseTreeSize, type VerifierKey } from "@cordon/transparency";
import { checkpointsFolder, indexFile, keptCheckpointFile } from "../log/publish.ts";
import type { LogSource } from "./log-source.ts";
import type { Findings } from "./verification.ts";

/** Sizes as the index lists them, as far as it is well-formed. */
type KeptSizes = Float64Array;

/**
 * Reads the index of kept checkpoints. What is wrong with it is noted for the step of the kept checkpoints; the sizes
 * that can be read are checked all the same.
 */
export async function readIndex(source: LogSource, findings: Findings): Promise<KeptSizes> {
  const fail = (reason: string): void => findings.add("kept", { path: indexFile, seq: null, reason });
  const bytes = await source.read(indexFile);
  if (bytes === null) {
    fail("the index of checkpoints is missing");
    return new Float64Array();
  }
  const newlines = bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
  const sizes = new Float64Array(newlines);
  let count = 0;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    const size = parseTreeSize(Buffer.from(bytes.subarray(start, end)).toString("latin1"));
    const before = count === 0 ? 0 : (sizes[count - 1] ?? 0);
    if (size === null || size <= before) {
      fail(`line ${count + 1} of the index is not a size above the one before it`);
      break;
    }
    sizes[count++] = size;
    start = end + 1;
  }
  if (start < bytes.length) fail("the index does not end in a whole line");
  if (count === 0) fail("the index is empty");
  return sizes.subarray(0, count);
}

/** Compares the index with the files that are there: one changed line leaves its file unlisted. */
export async function checkListing(
  source: LogSource,
  sizes: KeptSizes,
  key: VerifierKey,
  findings: Findings,
): Promise<void> {
  const names = await source.list(checkpointsFolder);
  if (names === null) return;
  for (const name of names) {
    const size = parseTreeSize(name);
    if (name === "index" || (size !== null && isListed(sizes, size))) continue;
    const file = `${checkpointsFolder}/${name}`;
    const isWhatItSays = size !== null && (await opensAs(source, size, key));
    findings.add("kept", {
      path: isWhatItSays ? indexFile : file,
      seq: null,
      reason: isWhatItSays
        ? `the index lacks the checkpoint of size ${size}`
        : "the file is no checkpoint of that size",
    });
  }
}

/** Binary search: a set of a million sizes would take more memory than all the rest. */
function isListed(sizes: KeptSizes, size: number): boolean {
  let low = 0;
  let high = sizes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sizes[middle] ?? 0) < size) low = middle + 1;
    else high = middle;
  }
  return sizes[low] === size;
}

async function opensAs(source: LogSource, size: number, key: VerifierKey): Promise<boolean> {
  const bytes = await source.read(keptCheckpointFile(size));
  try {
    return bytes !== null && openCheckpoint(bytes, key).size === size;
  } catch {
    // Whatever is wrong with it, it is not the checkpoint of this size.
    return false;
  }
}
