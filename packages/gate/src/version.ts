/** A version of a client, ready to compare. Numbers are kept as digits: they may be longer than a double is exact. */
export interface Version {
  /** Four numbers without leading zeros; 0 is empty text. */
  readonly numbers: readonly string[];
  /** SemVer 2.0.0 section 9; null for a release. */
  readonly preRelease: readonly string[] | null;
  /** The four numbers in one, where each is below 2^13 and it is a release; −1 for any other. Orders as the version does. */
  readonly packed: number;
}

const numberCount = 4;
const packedNumberMax = 2 ** 13 - 1;

const dot = 0x2e;
const plus = 0x2b;
const hyphen = 0x2d;

/**
 * Reads one to four numbers (missing ones are 0, leading zeros do not count) with an optional SemVer pre-release; build
 * metadata is ignored. Null for anything else.
 */
export function parseVersion(text: string): Version | null {
  const numbers: string[] = [];
  let end = 0;
  for (;;) {
    const start = end;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end === start || numbers.length === numberCount) return null;
    numbers.push(withoutLeadingZeros(text, start, end));
    if (text.charCodeAt(end) !== dot) break;
    end++;
  }
  while (numbers.length < numberCount) numbers.push("");

  let preRelease: readonly string[] | null = null;
  if (text.charCodeAt(end) === hyphen) {
    const start = end + 1;
    end = endOfIdentifiers(text, start);
    preRelease = identifiersOf(text, start, end);
    // SemVer 2.0.0 section 9: numeric identifiers must not have leading zeros.
    if (preRelease?.every(isCanonical) !== true) return null;
  }
  if (text.charCodeAt(end) === plus) {
    const start = end + 1;
    end = endOfIdentifiers(text, start);
    if (identifiersOf(text, start, end) === null) return null;
  }
  return end === text.length ? { numbers, preRelease, packed: pack(numbers, preRelease) } : null;
}

/** Negative when `a` is below `b`, 0 when neither is below the other. Null stands for an unreadable version: below all others. */
export function compareVersions(a: Version | null, b: Version | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (a.packed >= 0 && b.packed >= 0) return Math.sign(a.packed - b.packed);
  for (let i = 0; i < numberCount; i++) {
    const order = compareDigits(a.numbers[i] ?? "", b.numbers[i] ?? "");
    if (order !== 0) return order;
  }
  return comparePreReleases(a.preRelease, b.preRelease);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isIdentifierCharacter(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === hyphen;
}

function endOfIdentifiers(text: string, start: number): number {
  let end = start;
  while (isIdentifierCharacter(text.charCodeAt(end)) || text.charCodeAt(end) === dot) end++;
  return end;
}

/** Null where one of them is empty. */
function identifiersOf(text: string, start: number, end: number): readonly string[] | null {
  const identifiers = text.slice(start, end).split(".");
  return identifiers.includes("") ? null : identifiers;
}

function withoutLeadingZeros(text: string, start: number, end: number): string {
  let first = start;
  while (first < end && text.charCodeAt(first) === 0x30) first++;
  return text.slice(first, end);
}

function isCanonical(identifier: string): boolean {
  return identifier.length === 1 || identifier.charCodeAt(0) !== 0x30 || !isNumeric(identifier);
}

function isNumeric(identifier: string): boolean {
  for (let i = 0; i < identifier.length; i++) if (!isDigit(identifier.charCodeAt(i))) return false;
  return true;
}

function pack(numbers: readonly string[], preRelease: readonly string[] | null): number {
  if (preRelease !== null) return -1;
  let packed = 0;
  for (const digits of numbers) {
    const number = Number(digits);
    if (number > packedNumberMax) return -1;
    packed = packed * (packedNumberMax + 1) + number;
  }
  return packed;
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
  const aNumeric = isNumeric(a);
  const bNumeric = isNumeric(b);
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
