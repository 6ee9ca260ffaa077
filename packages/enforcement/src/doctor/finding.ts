/** What the doctor is asked about: the five measures, and `reauthenticate` by signing key. */
export const examinedMeasures = [
  "reauthenticate",
  "reauthenticate by key",
  "change_password",
  "upgrade",
  "redownload",
  "refuse_client",
] as const;
export type ExaminedMeasure = (typeof examinedMeasures)[number];

/** `partly`: for some people or apps; `unknown`: the evidence does not tell. */
export type Verdict = "works" | "partly" | "unknown" | "fails";

/** One thing that was looked at. It names no account and no token. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  /** The measures that hang on it; empty: something to know, no more. */
  readonly measures: readonly ExaminedMeasure[];
  readonly text: string;
  /** What was counted. */
  readonly evidence: Readonly<Record<string, number>>;
  /** What to change; null when nothing need be. */
  readonly change: string | null;
}

const ranks: Readonly<Record<Verdict, number>> = { works: 0, unknown: 1, partly: 2, fails: 3 };

/** The worst of them; `works` for none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => (ranks[b] > ranks[a] ? b : a), "works");
}

/** All, some or none: what a share of tokens means for those who carry them. */
export function verdictOfShare(part: number, all: number): Verdict {
  if (all === 0) return "unknown";
  return part === all ? "works" : part === 0 ? "fails" : "partly";
}

export function share(part: number, all: number): string {
  if (all === 0) return "0 of 0";
  const percent = (100 * part) / all;
  // Never "100 %" for all but one.
  const shown =
    part < all && percent > 99.9 ? "over 99.9" : part > 0 && percent < 0.1 ? "under 0.1" : percent.toFixed(1);
  return `${part} of ${all} (${shown} %)`;
}
