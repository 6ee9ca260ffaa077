export interface Row {
  readonly name: string;
  /** Asks in one round. */
  readonly slice: number;
  /** Per ask, one figure a round. */
  readonly nanoseconds: readonly number[];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** The table, as Markdown; the last column is how many gate decisions one ask of the row takes, by minima and by medians. */
export function resultLines(
  rows: readonly Row[],
  { bytesPerDecision, garbage }: { readonly bytesPerDecision: number; readonly garbage: number },
): readonly string[] {
  const gate = rows.find(({ name }) => name === "cordon gate")?.nanoseconds ?? [];
  const digits = (value: number): string => (value < 1000 ? value.toFixed(1) : value.toFixed(0));
  const lines = rows.map(({ name, nanoseconds }) => {
    const [least, middle] = [Math.min(...nanoseconds), median(nanoseconds)];
    const [byLeast, byMiddle] = [least / Math.min(...gate), middle / median(gate)];
    return `| ${name} | ${digits(least)} | ${digits(middle)} | ${byLeast.toFixed(2)} | ${byMiddle.toFixed(2)} |`;
  });
  return [
    "| what | ns, min | ns, median | × a decision, min | median |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    `Heap after ${garbage} decisions that allow: ${bytesPerDecision.toFixed(3)} bytes a decision.`,
  ];
}
