/** A version of a client, ready to compare. Numbers are kept as digits: they may be longer than a double is exact. */
export interface Version {
  /** Four numbers without leading zeros; 0 is empty text. */
  readonly numbers: readonly string[];
  /** SemVer 2.0.0 section 9; null for a release. */
  readonly preRelease: readonly string[] | null;
}

const numberCount = 4;
const identifiers = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const pattern = new RegExp(`^(\\d+(?:\\.\\d+){0,3})(?:-(${identifiers}))?(?:\\+${identifiers})?$`);

/**
 * Reads one to four numbers (missing ones are 0, leading zeros do not count) with an optional SemVer pre-release; build
 * metadata is ignored. Null for anything else.
 */
export function parseVersion(text: string): Version | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const numbers = (match[1] ?? "").split(".").map((digits) => digits.replace(/^0+/, ""));
  while (numbers.length < numberCount) numbers.push("");
  const preRelease = match[2]?.split(".") ?? null;
  // SemVer 2.0.0 section 9: numeric identifiers must not have leading zeros.
  if (preRelease?.some((identifier) => /^0\d+$/.test(identifier)) === true) return null;
  return { numbers, preRelease };
}

/** Negative when `a` is below `b`, 0 when neither is below the other. Null stands for an unreadable version: below all others. */
export function compareVersions(a: Version | null, b: Version | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  for (let i = 0; i < numberCount; i++) {
    const order = compareDigits(a.numbers[i] ?? "", b.numbers[i] ?? "");
    if (order !== 0) return order;
  }
  return comparePreReleases(a.preRelease, b.preRelease);
}

/** SemVer 2.0.0 section 11: a pre-release is below its release; then identifier by identifier, fewer ones below. */
function comparePreReleases(a: readonly string[] | null, b: readonly string[] | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareIdentifiers(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const aNumeric = /^\d+$/.test(a);
  const bNumeric = /^\d+$/.test(b);
  if (aNumeric && bNumeric) return compareDigits(a, b);
  if (aNumeric || bNumeric) return aNumeric ? -1 : 1;
  return compareText(a, b);
}

/** INVARIANT: both without leading zeros, so the longer number is the larger one. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
