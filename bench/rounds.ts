export interface Measured {
  readonly milliseconds: number;
  readonly answer: string;
  readonly peakRssBytes: number | null;
}

export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<Measured>;
  /** What it answers where it does other work than the question, as a floor does. */
  readonly isFloor?: boolean;
}

export interface Figures {
  readonly name: string;
  readonly isFloor: boolean;
  readonly rounds: readonly number[];
  readonly minMs: number;
  readonly medianMs: number;
  readonly answer: string;
  readonly peakRssBytes: number | null;
}

export interface RoundOptions {
  readonly rounds: number;
  /** Who takes longer in the warm-up is run once more and marked by its one round. */
  readonly slowMs: number;
  readonly note: (text: string) => void;
}

/**
 * Runs every contestant in every round, in turn from another one on. The warm-up shows that all who answer the question
 * give the same answer, and is dropped. Throws when they do not.
 */
export async function inRounds(
  contestants: readonly Contestant[],
  { rounds, slowMs, note }: RoundOptions,
): Promise<Figures[]> {
  const answers = new Map<Contestant, string>();
  const slow = new Set<Contestant>();
  for (const contestant of contestants) {
    const { milliseconds, answer } = await contestant.run();
    note(`${contestant.name}: ${answer} in ${milliseconds.toFixed(0)} ms (warm-up)`);
    answers.set(contestant, answer);
    if (milliseconds > slowMs) slow.add(contestant);
  }
  const given = new Set([...answers].flatMap(([{ isFloor = false }, answer]) => (isFloor ? [] : [answer])));
  if (given.size > 1) throw new Error(`the contenders disagree: ${[...given].join(", ")}`);

  const measured = new Map<Contestant, Measured[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(turn + round) % contestants.length];
      if (contestant === undefined || (round > 0 && slow.has(contestant))) continue;
      const figures = await contestant.run();
      if (figures.answer !== answers.get(contestant))
        throw new Error(
          `${contestant.name} answers ${figures.answer}, before ${answers.get(contestant) ?? ""}`,
        );
      measured.get(contestant)?.push(figures);
    }
  }
  return contestants.map((contestant) => {
    const all = measured.get(contestant) ?? [];
    const times = all.map(({ milliseconds }) => milliseconds);
    const peaks = all.flatMap(({ peakRssBytes }) => (peakRssBytes === null ? [] : [peakRssBytes]));
    return {
      name: contestant.name,
      isFloor: contestant.isFloor ?? false,
      rounds: times.map((time) => Math.round(time * 100) / 100),
      minMs: Math.min(...times),
      medianMs: median(times),
      answer: answers.get(contestant) ?? "",
      peakRssBytes: peaks.length === 0 ? null : Math.max(...peaks),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}
