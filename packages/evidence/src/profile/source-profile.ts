import type { FieldName, Format } from "../data-map.ts";
import type { AssembledRecord } from "../record-assembler.ts";

/** Records that follow each other in one file, as a sample took them. */
export interface SampledRun {
  /** The file's name, relative to the evidence folder. */
  readonly file: string;
  readonly records: readonly AssembledRecord[];
}

/** A path that may hold what is looked for. Every number counts sampled records. */
export interface Candidate {
  /** As the map writes it. */
  readonly path: string;
  /** From 0 to 1; a rank made from the counts and the name beside it, no probability. */
  readonly confidence: number;
  /** Records that speak for it. */
  readonly records: number;
  readonly of: number;
  /** One clause. */
  readonly why: string;
}

/** What a field of the map is proposed to be; `best` is null when nothing fits, `todo` says then what stands in the way. */
export interface FieldProposal {
  readonly field: FieldName;
  readonly best: Candidate | null;
  /** True when every sampled record carries it: a line without its time, operation, id or sequence is unreadable. */
  readonly isEverywhere: boolean;
  readonly alternatives: readonly Candidate[];
  readonly todo: string | null;
}

/** Which outcomes are proposed as successes. */
export interface OutcomeProposal {
  readonly path: string;
  /** Null stands for absent. */
  readonly values: readonly (string | number | boolean | null)[];
  /** The values that would count as refused attempts. */
  readonly refused: readonly string[];
  /** False when values that the sample does not show could be successes: then it is only shown. */
  readonly isClosed: boolean;
  readonly why: string;
}

/** A number that grows by one. */
export interface SequenceProposal {
  readonly path: string;
  /** The path that tells the chains apart; null for one chain. */
  readonly per: string | null;
  /** The chains that the sample shows; empty for one chain. */
  readonly chains: readonly string[];
  /** Steps of exactly one, of all steps between neighbouring numbers of one run. */
  readonly steps: number;
  readonly of: number;
}

export type PeopleProposal =
  | {
      readonly kind: "account" | "accounts";
      readonly path: string;
      readonly pattern: string | null;
      readonly isList: boolean;
    }
  | { readonly kind: "rows"; readonly path: string }
  | { readonly kind: "unknown" };

export interface OperationProposal {
  readonly name: string;
  /** Sampled records of it. */
  readonly records: number;
  readonly people: PeopleProposal;
  readonly effect: "read" | "write" | "delete";
  readonly confidence: number;
  readonly why: string;
  /** Keys of data classes that its names suggest; never more than a hint. */
  readonly classes: readonly string[];
  /** True when its name sounds like a sign of life that reads nobody's data. */
  readonly mayBeIgnored: boolean;
  readonly alternatives: readonly string[];
}

/** What a sample of one source shows, and what map it suggests. */
export interface SourceProfile {
  readonly source: string;
  /** Null when the format is none that the map knows; `formatWhy` says what it looks like. */
  readonly format: Format | null;
  readonly formatWhy: string;
  /** Sampled records, and lines of the sample that were none. */
  readonly records: number;
  readonly unreadable: number;
  /** Sampled records that are events under the proposed fields; null while a field that reading needs is a TODO. */
  readonly readable: number | null;
  /** Times of the sample, ISO 8601; null when no time was found. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** The longest silence between two neighbouring records of one run, in seconds; null without two times. */
  readonly longestSilenceSeconds: number | null;
  readonly fields: readonly FieldProposal[];
  readonly succeeded: OutcomeProposal | null;
  readonly sequence: SequenceProposal | null;
  readonly operations: readonly OperationProposal[];
  readonly operationsNotShown: number;
  /** Every path that may hold account ids, over all operations. */
  readonly accountPaths: readonly Candidate[];
  /** Data classes that field names suggest. */
  readonly classes: readonly string[];
  /** Sentences about what stands in the way, the first few of each kind. */
  readonly problems: readonly string[];
}
