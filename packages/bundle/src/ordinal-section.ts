import { BundleError, malformed } from "./bundle-error.ts";
import { countOnes } from "./count-ones.ts";
import { decodeGaps, encodeGaps, gapsBytes } from "./gaps.ts";
import { ordinalsMax } from "./limits.ts";
import { decodeRans, encodeRans } from "./rans.ts";

/** `none`: of a cohort without members, or not in this bundle. `bitmap`: as it is. `rans`: coded. `gaps`: sparse. */
export type OrdinalKind = "none" | "bitmap" | "rans" | "gaps";

/** A cohort's members by ordinal, as they stand in a file. */
export interface OrdinalSection {
  readonly kind: OrdinalKind;
  readonly bytes: Uint8Array;
}

export const noOrdinals: OrdinalSection = { kind: "none", bytes: new Uint8Array(0) };

/** The bitmap without the zero bytes at its end; a part of it, not a copy. */
function shortest(bitmap: Uint8Array): Uint8Array {
  let end = bitmap.length;
  while (end > 0 && bitmap[end - 1] === 0) end--;
  return bitmap.subarray(0, end);
}

/** The ordinals whose bits are set, ascending. */
export function ordinalsOf(bitmap: Uint8Array): Uint32Array {
  const ordinals = new Uint32Array(countOnes(bitmap));
  let filled = 0;
  for (let at = 0; at < bitmap.length; at++) {
    for (let bits = bitmap[at] ?? 0; bits !== 0; bits &= bits - 1) {
      ordinals[filled++] = at * 8 + 31 - Math.clz32(bits & -bits);
    }
  }
  return ordinals;
}

/**
 * A bitmap (bit `o mod 8` of byte `⌊o / 8⌋` for ordinal `o`; bit 0 is 1) as a section. `smallest` tries every kind,
 * `fast` leaves it as it is. Throws a BundleError (ERR_BUNDLE_SIZE) for ordinals that no bundle could hold.
 */
export function encodeOrdinals(
  bitmap: Uint8Array,
  wire: "smallest" | "fast",
): { readonly members: number; readonly section: OrdinalSection } {
  const bytes = shortest(bitmap);
  if (bytes.length * 8 > ordinalsMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `an ordinal over the limit of ${ordinalsMax}`);
  }
  const members = countOnes(bytes);
  if (members === 0) return { members, section: noOrdinals };
  let section: OrdinalSection = { kind: "bitmap", bytes };
  if (wire === "fast") return { members, section };
  const isSparse =
    members < bytes.length && (members < bytes.length / sparseBytesPerMember || members <= fewMembers);
  const ordinals = isSparse ? ordinalsOf(bytes) : null;
  if (ordinals === null || gapsBytes(ordinals) >= ransLeastBytes) {
    const rans = encodeRans(bytes);
    if (rans !== null && rans.length < section.bytes.length) section = { kind: "rans", bytes: rans };
  }
  if (ordinals !== null && gapsBytes(ordinals) <= section.bytes.length) {
    section = { kind: "gaps", bytes: encodeGaps(ordinals) };
  }
  return { members, section };
}

/** With fewer bytes of bitmap for each member the other code is the smaller one, and quicker to write and to read … */
const sparseBytesPerMember = 4;
/** … unless its tables are what counts: for so few members both are tried. */
const fewMembers = 100_000;
/** What the other code takes at least, for its tables. */
const ransLeastBytes = 54;

/** A cohort's ordinals, opened. */
export interface OrdinalSet {
  has(ordinal: number): boolean;
}

/** The bitmap of a section. Throws a BundleError for anything that `encodeOrdinals` would not write. */
export function decodeOrdinals(
  { kind, bytes }: OrdinalSection,
  { members, accounts }: { readonly members: number; readonly accounts: number },
): Uint8Array {
  const bytesMax = Math.ceil(Math.min(accounts, ordinalsMax) / 8);
  switch (kind) {
    case "none":
      return new Uint8Array(0);
    case "bitmap":
      checkBitmap(bytes, members, accounts);
      return bytes;
    case "rans": {
      const bitmap = decodeRans(bytes, bytesMax);
      checkBitmap(bitmap, members, accounts);
      return bitmap;
    }
    case "gaps": {
      const bitmap = new Uint8Array(bytesMax);
      const take = (ordinal: number): void => {
        const at = ordinal >>> 3;
        bitmap[at] = (bitmap[at] ?? 0) | (1 << (ordinal & 7));
      };
      decodeGaps(bytes, { members, accounts, take });
      return shortest(bitmap);
    }
  }
}

function checkBitmap(bitmap: Uint8Array, members: number, accounts: number): void {
  const last = bitmap[bitmap.length - 1] ?? 0;
  if (last === 0) throw malformed("a bitmap that ends in nothing");
  if (bitmap.length * 8 - Math.clz32(last) + 24 > accounts)
    throw malformed("an ordinal beyond the directory");
  const ones = countOnes(bitmap);
  if (ones !== members) throw malformed(`a bitmap of ${ones} members where ${members} are announced`);
}

/** What an opened section takes in memory, in bytes, at most. */
export function openedBytes(
  { kind, bytes }: OrdinalSection,
  { members, accounts }: { readonly members: number; readonly accounts: number },
): number {
  const bitmapBytes = Math.ceil(accounts / 8);
  switch (kind) {
    case "none":
    case "bitmap":
      return 0;
    case "rans":
      return bitmapBytes;
    case "gaps":
      // A member takes at least one bit.
      return Math.min(bitmapBytes, 4 * Math.min(members, bytes.length * 8));
  }
}

/** Opens a section for look-ups. Throws as `decodeOrdinals` does. */
export function openOrdinals(
  section: OrdinalSection,
  given: { readonly members: number; readonly accounts: number },
): OrdinalSet {
  const { members, accounts } = given;
  if (section.kind !== "gaps" || members * 32 >= accounts) return new Bitmap(decodeOrdinals(section, given));
  if (members > section.bytes.length * 8) throw malformed("more members than bits");
  const ordinals = new Uint32Array(members);
  let filled = 0;
  const take = (ordinal: number): void => {
    ordinals[filled++] = ordinal;
  };
  decodeGaps(section.bytes, { members, accounts, take });
  return new SortedOrdinals(ordinals);
}

class Bitmap implements OrdinalSet {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  has(ordinal: number): boolean {
    // A division, not a shift: ordinals of requests may be any whole number.
    return ((this.#bytes[Math.floor(ordinal / 8)] ?? 0) & (1 << (ordinal % 8))) !== 0;
  }
}

class SortedOrdinals implements OrdinalSet {
  readonly #ordinals: Uint32Array;

  constructor(ordinals: Uint32Array) {
    this.#ordinals = ordinals;
  }

  has(ordinal: number): boolean {
    const ordinals = this.#ordinals;
    let from = 0;
    let to = ordinals.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((ordinals[middle] ?? 0) < ordinal) from = middle + 1;
      else to = middle;
    }
    return ordinals[from] === ordinal;
  }
}
