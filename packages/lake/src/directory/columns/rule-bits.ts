import type { CohortRule, InstallationRule, TimeBound } from "../cohort-rule.ts";
import type { CountingColumns, InstallationClass } from "./counting-columns.ts";

/** Whether the columns tell a rule's members exactly: they hold times in whole seconds of 32 bits. */
export function canCount({ created, passwordSet, installation }: CohortRule): boolean {
  const bounds = [...created, ...passwordSet, ...(installation?.lastSeen ?? [])];
  return bounds.every(({ ms }) => ms % 1000 === 0 && ms >= 2000 && ms < 4_294_967_295_000);
}

/** The members of a rule as bits, in bundles' order. The caller has asked `canCount`. */
export async function ruleBits(columns: CountingColumns, rule: CohortRule): Promise<Uint8Array> {
  const bits =
    rule.installation === null
      ? allBits(columns.head.accounts)
      : await installationBits(columns, rule.installation);
  const { markets } = rule;
  if (markets !== null) {
    const wanted = new Uint8Array(2 ** 16);
    columns.head.markets.forEach((market, code) => {
      wanted[code] = market !== null && markets.includes(market) ? 1 : 0;
    });
    for await (const chunk of columns.accounts(["market"]))
      keepListed(bits, chunk.from, chunk.columns.market, wanted);
  }
  for (const [name, bounds] of [
    ["created", rule.created],
    ["password", rule.passwordSet],
  ] as const) {
    const range = secondsOf(bounds);
    if (range === null) continue;
    for await (const chunk of columns.accounts([name]))
      keepBetween(bits, chunk.from, chunk.columns[name], range);
  }
  return bits;
}

export function allBits(accounts: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(accounts / 8)).fill(0xff);
  if (accounts % 8 !== 0) bits[bits.length - 1] = (1 << (accounts % 8)) - 1;
  return bits;
}

interface Range {
  /** Seconds; at or above it. 0 takes unknown times too. */
  readonly from: number;
  /** Seconds; below it. */
  readonly before: number;
}

/** Null: all times. */
function secondsOf(bounds: readonly TimeBound[]): Range | null {
  if (bounds.length === 0) return null;
  let [from, before] = [0, Infinity];
  for (const { side, ms } of bounds) {
    if (side === "from") from = Math.max(from, ms / 1000);
    else before = Math.min(before, ms / 1000);
  }
  return { from, before };
}

type Numbers = Uint16Array | Uint32Array;

/** Takes the bits of accounts away whose number is not wanted; `from` is a multiple of 8. */
function keepListed(bits: Uint8Array, from: number, numbers: Numbers, wanted: Uint8Array): void {
  const whole = numbers.length - (numbers.length % 8);
  let at = from >>> 3;
  // No branches: which accounts are wanted can't be foretold, and a wrong guess costs more than all of this.
  for (let i = 0; i < whole; i += 8) {
    let byte = wanted[numbers[i] ?? 0] ?? 0;
    for (let bit = 1; bit < 8; bit++) byte |= (wanted[numbers[i + bit] ?? 0] ?? 0) << bit;
    bits[at] = (bits[at] ?? 0) & byte;
    at++;
  }
  let rest = 0;
  for (let i = whole; i < numbers.length; i++) rest |= (wanted[numbers[i] ?? 0] ?? 0) << (i - whole);
  if (whole < numbers.length) bits[at] = (bits[at] ?? 0) & rest;
}

function keepBetween(bits: Uint8Array, from: number, numbers: Numbers, range: Range): void {
  const { from: least, before } = range;
  const whole = numbers.length - (numbers.length % 8);
  let at = from >>> 3;
  for (let i = 0; i < whole; i += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) {
      const seconds = numbers[i + bit] ?? 0;
      byte |= (Number(seconds >= least) & Number(seconds < before)) << bit;
    }
    bits[at] = (bits[at] ?? 0) & byte;
    at++;
  }
  let rest = 0;
  for (let i = whole; i < numbers.length; i++) {
    const seconds = numbers[i] ?? 0;
    rest |= (Number(seconds >= least) & Number(seconds < before)) << (i - whole);
  }
  if (whole < numbers.length) bits[at] = (bits[at] ?? 0) & rest;
}

/** Accounts that have one installation of which all holds. */
async function installationBits(columns: CountingColumns, rule: InstallationRule): Promise<Uint8Array> {
  const { head } = columns;
  const bits = new Uint8Array(Math.ceil(head.accounts / 8));
  const matching = matchingClasses(head.classes, rule);
  const range = secondsOf(rule.lastSeen);
  const place = { ordinal: 0 };
  if (range === null) {
    for await (const { columns: chunk } of columns.entries(["installations"]))
      setMatching(bits, place, { entries: chunk.installations, matching });
  } else {
    for await (const { columns: chunk } of columns.entries(["installations", "seen"]))
      setSeen(bits, place, { entries: chunk.installations, matching, seen: chunk.seen, range });
  }
  return bits;
}

/** By class: 1 where the installation is one that the rule asks for (null: any). What is no class is none. */
export function matchingClasses(
  classes: readonly InstallationClass[],
  rule: InstallationRule | null,
): Uint8Array {
  // As long as any entry of 16 bits reaches: a look beyond an array's end costs more than all of the scan.
  const matching = new Uint8Array(Math.max(2 ** 15, classes.length + 1));
  const versions = new Map<string | null, boolean>();
  classes.forEach(({ platform, store, version, hasOffline }, index) => {
    const asked =
      rule === null ||
      ((rule.platforms?.includes(platform) ?? true) &&
        (rule.stores?.includes(store) ?? true) &&
        (rule.hasOffline === null || rule.hasOffline === hasOffline));
    if (!asked) return;
    let isVersion = versions.get(version);
    if (isVersion === undefined) versions.set(version, (isVersion = rule?.version?.(version) ?? true));
    matching[index] = isVersion ? 1 : 0;
  });
  return matching;
}

interface Matching {
  readonly entries: Numbers;
  readonly matching: Uint8Array;
}

function setMatching(bits: Uint8Array, place: { ordinal: number }, { entries, matching }: Matching): void {
  const shift = entries.BYTES_PER_ELEMENT * 8 - 1;
  const mask = 2 ** shift - 1;
  let { ordinal } = place;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] ?? 0;
    const at = ordinal >>> 3;
    bits[at] = (bits[at] ?? 0) | ((matching[entry & mask] ?? 0) << (ordinal & 7));
    ordinal += entry >>> shift;
  }
  place.ordinal = ordinal;
}

function setSeen(
  bits: Uint8Array,
  place: { ordinal: number },
  { entries, matching, seen, range }: Matching & { readonly seen: Numbers; readonly range: Range },
): void {
  const { from, before } = range;
  const shift = entries.BYTES_PER_ELEMENT * 8 - 1;
  const mask = 2 ** shift - 1;
  let { ordinal } = place;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] ?? 0;
    const seconds = seen[i] ?? 0;
    const at = ordinal >>> 3;
    const isWanted = (matching[entry & mask] ?? 0) & Number(seconds >= from) & Number(seconds < before);
    bits[at] = (bits[at] ?? 0) | (isWanted << (ordinal & 7));
    ordinal += entry >>> shift;
  }
  place.ordinal = ordinal;
}
