import { BundleError, inspectBundle, openBundle, type ListedCohort } from "../src/index.ts";
import { xorshift } from "./random-hashes.ts";
import { testBundle, type TestContents } from "./test-bundle.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

const key = testKey(1);
const trust = { keys: [key.publicKey], threshold: 1, sha256, verify: verifyEd25519 };

const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `u-${from + index}`);
const numbered = (count: number, step: number): Readonly<Record<string, number>> =>
  Object.fromEntries(ids(0, count).map((id, index) => [id, index * step]));

/** Every kind of section. */
const contents: readonly TestContents[] = [
  { cohorts: { one: numbered(30, 1), none: {} }, others: ids(30, 200), accounts: 200 },
  { cohorts: { one: numbered(30, 1), two: numbered(3, 1) } },
  { by: "ordinal", accounts: 40_000, cohorts: { gaps: numbered(30, 999), rans: numbered(4000, 2) } },
  { by: "ordinal", wire: "fast", accounts: 500, cohorts: { bitmap: numbered(60, 7) }, others: ids(60, 90) },
];

const originals = contents.map((each) => signedBy(testBundle({ ...each, rules: [{ id: "r" }] }), key));

/** One to eight changes: bits, bytes, words, stretches that move, ends that are cut or grow. */
function mutated(original: Uint8Array, next: () => number): Uint8Array {
  let bytes = original.slice();
  // Half of all changes at the beginning: there lie lengths, the manifest and the table.
  const position = (): number =>
    next() % (next() % 2 === 0 ? Math.min(bytes.length, 400) : Math.max(bytes.length, 1));
  for (let changes = (next() % 8) + 1; changes > 0; changes--) {
    if (bytes.length === 0) return bytes;
    const at = position();
    switch (next() % 8) {
      case 0:
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() % 8));
        break;
      case 2:
        bytes[at] = next();
        break;
      case 3:
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff][next() % 5] ?? 0;
        break;
      case 4:
        bytes.fill(next() % 2 === 0 ? 0 : 0xff, at, at + (next() % 9));
        break;
      case 5:
        bytes.copyWithin(at, position(), position());
        break;
      case 6:
        bytes = bytes.slice(0, bytes.length - (next() % 16));
        break;
      default:
        bytes = Uint8Array.from([...bytes.subarray(0, at), next(), ...bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** The signed part's length and the number of signatures set right again, so that more is read. */
function mended(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 200) return bytes;
  const whole = bytes.slice();
  const signedBytes = whole.length - 1 - 96;
  new DataView(whole.buffer).setUint32(8, signedBytes, true);
  whole.set(Uint8Array.of(0x43, 0x4f, 0x52, 0x44, 0x4f, 0x4e, 0, 2), 0);
  whole[signedBytes] = 1;
  return whole;
}

function readEverything(sets: ReadonlyMap<string, ListedCohort>): void {
  for (const set of sets.values()) {
    for (const id of ["u-1", "u-199", "", "ü"]) {
      set.has(id, null);
      set.has(id, 7);
      set.has(null, Number.MAX_SAFE_INTEGER);
    }
  }
}

interface MutationCounts {
  /** That a key vouches for although they are not as signed: must stay 0. */
  accepted: number;
  /** That could be read with their signatures left aside. */
  readable: number;
  refused: number;
}

/** Tries so many mutated bundles. Throws what is thrown, unless it is a BundleError. */
export function tryMutations(count: number, seed: number): MutationCounts {
  const next = xorshift(seed);
  const counts: MutationCounts = { accepted: 0, readable: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const original = originals[i % originals.length] ?? new Uint8Array(0);
    const changed = mutated(original, next);
    const bytes = next() % 4 === 0 ? changed : mended(changed);
    if (Buffer.compare(bytes, original) === 0) continue;
    if (opens(() => openBundle(bytes, trust).prepare())) counts.accepted++;
    const isReadable = opens(() => {
      const { sets, prepare } = inspectBundle(bytes);
      prepare();
      readEverything(sets);
    });
    if (isReadable) counts.readable++;
    else counts.refused++;
  }
  return counts;
}

function opens(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof BundleError) return false;
    throw error;
  }
}
