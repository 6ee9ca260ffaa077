/** The YAML files of contracts 1 and 2 as plain values, as far as the oracle reads them. */
export interface OracleMap {
  readonly stores: Readonly<
    Record<string, { readonly classes: readonly string[]; readonly accounts: "all" | number }>
  >;
  readonly sources: Readonly<Record<string, OracleSource>>;
}

export interface OracleSource {
  readonly format: string;
  readonly store?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly succeeded?: OracleConditions;
  readonly operations?: Readonly<Record<string, OracleOperation | readonly OracleOperation[]>>;
  readonly coverage?: OracleEntry | readonly OracleEntry[];
}

export type OracleConditions = Readonly<Record<string, unknown>>;

export interface OracleOperation {
  readonly ignore?: true;
  readonly when?: OracleConditions;
  readonly account?: OraclePeople;
  readonly accounts?: OraclePeople;
  readonly rows?: string;
  readonly people?: "unknown";
  readonly classes?: readonly string[];
  readonly store?: string;
  readonly effect?: string;
}

export type OraclePeople = string | { readonly path: string; readonly pattern: string };

export interface OracleEntry {
  readonly from: string;
  readonly to: string;
  readonly proof?: string | OracleProof;
  readonly skew?: string;
}

export interface OracleProof {
  readonly sequence?: { readonly per: string; readonly chains: readonly string[] };
  readonly heartbeat?: { readonly every: string };
}

export interface OracleQuestion {
  readonly window: { readonly from: string; readonly to: string };
  readonly suspect: readonly Readonly<Record<string, string>>[];
  readonly decoys?: readonly string[];
}

export function oneOrMore<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}

export function operationsOf(source: OracleSource): readonly OracleOperation[] {
  return Object.values(source.operations ?? {}).flatMap((operations) => oneOrMore(operations));
}

/** "A source watches its default store and the stores its operations name." */
export function storesWatchedBy(source: OracleSource): readonly string[] {
  const named = operationsOf(source).flatMap(({ ignore, store }) =>
    ignore === true || store === undefined ? [] : [store],
  );
  return [...new Set([...(source.store === undefined ? [] : [source.store]), ...named])];
}

/** The clock error to allow for: the largest of a source's entries. */
export function skewOf(source: OracleSource): number {
  return Math.max(0, ...oneOrMore(source.coverage).map(({ skew }) => durationUs(skew ?? "0s")));
}

const unitsUs: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };

/** "A whole number and s, m, h or d." */
export function durationUs(text: string): number {
  return Number(text.slice(0, -1)) * (unitsUs[text.slice(-1)] ?? NaN);
}

/** Microseconds since the epoch of an RFC 3339 time, or one as PostgreSQL writes it; null for anything else. */
export function instantUs(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z| UTC|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return null;
  const [, date = "", time = "", fraction = "", zone = ""] = match;
  const ms = Date.parse(`${date}T${time}${zone === " UTC" ? "Z" : zone}`);
  return Number.isNaN(ms) ? null : ms * 1000 + Number(fraction.padEnd(6, "0"));
}

/** "A key covers its children"; a read of one class touches the other when either covers the other. */
export function touch(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/** By code point, as contracts sorts. */
export function byCodePoint(one: string, other: string): number {
  const ones = Array.from(one);
  const others = Array.from(other);
  for (let index = 0; index < Math.min(ones.length, others.length); index += 1) {
    const difference = (ones[index]?.codePointAt(0) ?? 0) - (others[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return ones.length - others.length;
}
