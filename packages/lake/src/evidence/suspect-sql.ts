import type { DataMap } from "@cordon/evidence";
import type { Inquiry, SourceInquiry, SuspectPattern } from "@cordon/scope";

/** What SQL of one engine says otherwise than another's. */
export interface SqlDialect {
  readonly text: (text: string) => string;
  readonly number: (value: number) => string;
}

/** SQL over a source's events that tells how surely an event is a suspect's and inside the window. */
interface SuspectConditions {
  /** True for events surely or possibly inside the window. */
  readonly near: string;
  /**
   * True for what is surely or possibly a suspect's, false or NULL for the rest. Bare comparisons, for a WHERE: an engine
   * leaves whole groups of rows unread by them.
   */
  readonly matches: string;
  /** Never NULL. */
  readonly surelyMatches: string;
  readonly surelyInside: string;
}

export function suspectConditions(
  inquiry: Inquiry,
  asked: SourceInquiry,
  { text, number }: SqlDialect,
): SuspectConditions {
  const { fromUs, toUs } = inquiry;
  const { skewUs } = asked;
  // An event less than `skew` from an edge, on either side, is only possibly inside.
  const nearEdge = [fromUs, toUs]
    .map((edge) => `abs(time_us - ${number(edge)}) < ${number(skewUs)}`)
    .join(" OR ");
  const inside = `time_us >= ${number(fromUs)} AND time_us < ${number(toUs)}`;
  const compared = ({ fields }: SuspectPattern, bare: boolean): string => {
    if (fields.length === 0) return "true";
    const equal = fields.map(([field, value]) => `${field} = ${text(value)}`);
    return `(${(bare ? equal : equal.map((sql) => `coalesce(${sql}, false)`)).join(" AND ")})`;
  };
  const any = (patterns: readonly SuspectPattern[], bare: boolean): string =>
    patterns.length === 0 ? "false" : `(${patterns.map((pattern) => compared(pattern, bare)).join(" OR ")})`;
  // Times are whole microseconds, so this is the window and what is less than `skew` beside it.
  const nearFromUs = skewUs === 0 ? fromUs : fromUs - skewUs + 1;
  return {
    near: `(time_us >= ${number(nearFromUs)} AND time_us < ${number(toUs + skewUs)})`,
    matches: any(asked.suspects, true),
    surelyMatches: any(
      asked.suspects.filter(({ certain }) => certain),
      false,
    ),
    surelyInside: skewUs === 0 ? `(${inside})` : `((${inside}) AND NOT (${nearEdge}))`,
  };
}

/** The operations of a source with an effect that is not reading, which is what all others have. */
export function effectSql(map: DataMap, source: number, { text }: SqlDialect): string {
  const cases = [...(map.sources[source]?.operations ?? [])].flatMap(([operation, entries]) =>
    entries.flatMap((entry, index) =>
      entry.kind === "mapped" && entry.effect !== "read"
        ? [`WHEN operation = ${text(operation)} AND entry = ${index} THEN ${text(entry.effect)}`]
        : [],
    ),
  );
  return cases.length === 0 ? text("read") : `CASE ${cases.join(" ")} ELSE ${text("read")} END`;
}
