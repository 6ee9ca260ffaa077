import { BundleError, malformed } from "./bundle-error.ts";
import { operations, type DeltaReader, type DeltaWriter } from "./delta-bytes.ts";
import { decodeGaps, encodeGaps } from "./gaps.ts";
import { compareBytes, readLayout } from "./layout.ts";
import { openedBytesMax, ordinalsMax } from "./limits.ts";
import { inspectBundle } from "./open-bundle.ts";
import { decodeOrdinals, ordinalsOf, type OrdinalKind, type OrdinalSection } from "./ordinal-section.ts";
import { encodeRans } from "./rans.ts";

/** By the number that the table of a bundle has for them. */
const kinds: readonly OrdinalKind[] = ["none", "bitmap", "rans", "gaps"];

/** A section of this kind: each kind has one encoding for a set. Null: none. */
function encodeAs(kind: OrdinalKind, bitmap: Uint8Array): Uint8Array | null {
  let end = bitmap.length;
  while (end > 0 && bitmap[end - 1] === 0) end--;
  if (end === 0) return null;
  const shortest = bitmap.subarray(0, end);
  switch (kind) {
    case "none":
      return null;
    case "bitmap":
      return shortest;
    case "rans":
      return encodeRans(shortest);
    case "gaps":
      return encodeGaps(ordinalsOf(shortest));
  }
}

/** An ordinal section of a bundle, and where it stands in the signed part. */
interface PlacedSection {
  readonly name: string;
  /** The place of its cohort in the bundle's table. */
  readonly index: number;
  readonly members: number;
  readonly accounts: number;
  readonly offset: number;
  readonly section: OrdinalSection;
}

/** The ordinal sections that a bundle has, in the order of the file. Throws a BundleError when it is none. */
export function ordinalSectionsOf(bytes: Uint8Array, bundleBytesMax: number): readonly PlacedSection[] {
  const { signedPart } = readLayout(bytes, bundleBytesMax);
  const { sets, accounts } = inspectBundle(bytes, { bundleBytesMax });
  const cohorts = [...sets.values()];
  // The sections are the last thing in the signed part, one after the other without holes.
  let at = cohorts.reduce(
    (sum, { accountBytes, ordinalBytes }) => sum - accountBytes - ordinalBytes,
    signedPart.length,
  );
  const placed: PlacedSection[] = [];
  for (const [index, { name, members, accountBytes, ordinalBytes, ordinalKind: kind }] of cohorts.entries()) {
    const offset = at + accountBytes;
    at = offset + ordinalBytes;
    if (kind === "none") continue;
    placed.push({
      name,
      index,
      members,
      accounts,
      offset,
      section: { kind, bytes: signedPart.subarray(offset, at) },
    });
  }
  return placed;
}

/** Sections that take fewer bytes are carried as they are. */
const sectionBytesLeast = 64;

/**
 * Writes `next` as the ordinals that changed since `base`; false when that would not be shorter than three quarters of the section, or
 * when encoding them would not give the section's bytes.
 */
export function writeFlips(writer: DeltaWriter, base: PlacedSection, next: PlacedSection): boolean {
  const { bytes } = next.section;
  if (bytes.length < sectionBytesLeast) return false;
  const before = decodeOrdinals(base.section, base);
  const after = decodeOrdinals(next.section, next);
  const changed = changedOrdinals(before, after);
  const gaps = encodeGaps(changed);
  if (gaps.length > bytes.length * 0.75) return false;
  const again = encodeAs(next.section.kind, after);
  if (again === null || compareBytes(again, bytes) !== 0) return false;
  writer.byte(operations.flip);
  writer.number(base.index);
  writer.number(kinds.indexOf(next.section.kind));
  writer.number(next.accounts);
  writer.number(changed.length);
  writer.number(gaps.length);
  writer.bytes(gaps);
  return true;
}

function changedOrdinals(before: Uint8Array, after: Uint8Array): Uint32Array {
  const [long, short] = before.length > after.length ? [before, after] : [after, before];
  // Not `slice`: that of a Buffer is a view, and these may be bytes of the bundle itself.
  const changed = new Uint8Array(long);
  for (let i = 0; i < short.length; i++) changed[i] = (changed[i] ?? 0) ^ (short[i] ?? 0);
  return ordinalsOf(changed);
}

/** Reads what `writeFlips` wrote. What it may allocate and compute is bounded over the whole delta. */
export class FlipReader {
  readonly #sections: ReadonlyMap<number, PlacedSection>;
  #nextIndex = 0;
  #openedBytes = 0;

  constructor(sections: readonly PlacedSection[]) {
    this.#sections = new Map(sections.map((section) => [section.index, section]));
  }

  /** The section that comes out. Throws a BundleError (ERR_BUNDLE_FORMAT, ERR_BUNDLE_SIZE). */
  read(reader: DeltaReader): Uint8Array {
    const index = reader.number();
    const kind = kinds[reader.number()];
    const accounts = reader.number();
    const count = reader.number();
    const gaps = reader.bytes(reader.number());
    const base = this.#sections.get(index);
    // Ascending: each section of the base is worked on once.
    if (base === undefined || index < this.#nextIndex)
      throw malformed("a delta of a cohort that is not there");
    this.#nextIndex = index + 1;
    if (kind === undefined || accounts > ordinalsMax || count > gaps.length * 8) {
      throw malformed("a delta with changes that can't be");
    }
    this.#openedBytes += Math.ceil(Math.max(base.accounts, accounts) / 8);
    if (this.#openedBytes > openedBytesMax) {
      throw new BundleError(
        "ERR_BUNDLE_SIZE",
        `a delta of cohorts of more than ${openedBytesMax} bytes in memory`,
      );
    }
    const before = decodeOrdinals(base.section, base);
    const after = new Uint8Array(Math.max(before.length, Math.ceil(accounts / 8)));
    after.set(before);
    const take = (ordinal: number): void => {
      const at = ordinal >>> 3;
      after[at] = (after[at] ?? 0) ^ (1 << (ordinal & 7));
    };
    decodeGaps(gaps, { members: count, accounts, take });
    const section = encodeAs(kind, after);
    if (section === null) throw malformed("a delta to a section that can't be");
    return section;
  }
}
