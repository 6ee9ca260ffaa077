/** A version as of contracts 4: one to four numbers and an optional SemVer pre-release; build metadata is ignored. */
interface Version {
  /** Four, without leading zeros. */
  readonly numbers: readonly string[];
  /** Empty: a release. */
  readonly preRelease: readonly string[];
}

const identifier = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
const pattern = new RegExp(
  `^([0-9]+(?:\\.[0-9]+){0,3})(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** Null for text that is no version. */
function parseVersion(text: string): Version | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const numbers = (match[1] ?? "").split(".").map((number) => number.replace(/^0+(?=.)/, ""));
  while (numbers.length < 4) numbers.push("0");
  return { numbers, preRelease: match[2] === undefined ? [] : match[2].split(".") };
}

function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** SemVer 11.4: numeric identifiers by number and below the others, which go by ASCII; more identifiers are higher. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, x] of a.entries()) {
    const y = b[index];
    if (y === undefined) return 1;
    if (x === y) continue;
    const numeric = [/^[0-9]+$/.test(x), /^[0-9]+$/.test(y)];
    if (numeric[0] && numeric[1]) return compareNumbers(x, y);
    if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

export function isVersion(text: string): boolean {
  return parseVersion(text) !== null;
}

/** How an installed version may lie to a bound. */
export type VersionSide = "below" | "at" | "at-least" | "above";

/**
 * Makes the test for lying so to a version; a version that is absent or unreadable is below everything. Throws a
 * RangeError when the bound itself is no version.
 */
export function versionTest(side: VersionSide, bound: string): (version: string | null) => boolean {
  const parsed = parseVersion(bound);
  if (parsed === null) throw new RangeError(`\`${bound}\` is no version`);
  return (text) => {
    const version = text === null ? null : parseVersion(text);
    const order = version === null ? -1 : compareVersions(version, parsed);
    if (side === "below") return order < 0;
    if (side === "above") return order > 0;
    return side === "at" ? order === 0 : order >= 0;
  };
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const order = compareNumbers(number, b.numbers[index] ?? "0");
    if (order !== 0) return order;
  }
  return comparePreReleases(a.preRelease, b.preRelease);
}
