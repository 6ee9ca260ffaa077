import type { Population } from "./population.ts";

/** What a contender's answers mean, so that those of the same meaning are compared. */
export type AnswerKind = "outcome" | "denied-or-not" | "member-or-not" | "none";

export interface Contender {
  readonly answers: AnswerKind;
  /** Answers about the request of this index, as a number. */
  readonly ask?: (index: number) => number;
  /** In place of `ask`, where the answer comes over a socket. */
  readonly askLater?: (index: number) => Promise<number>;
  readonly end?: () => Promise<void>;
}

export type ContenderStart = (population: Population) => Contender | Promise<Contender>;
