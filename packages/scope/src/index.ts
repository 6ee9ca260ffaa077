export { parseQuestion } from "./parse-question.ts";
export type { Question } from "./question.ts";
export {
  suspectFields,
  type CoverageFacts,
  type MapFacts,
  type OperationFacts,
  type ProofFacts,
  type SourceFacts,
  type StoreFacts,
  type SuspectField,
} from "./map-facts.ts";
export type { Certainty, Inquiry, SourceInquiry, SuspectPattern } from "./inquiry.ts";
export { inquire, matchSuspect, placeInWindow } from "./inquire.ts";
export type { AccessCounts, AccessFindings, ChainFindings, Findings, SourceFindings } from "./findings.ts";
export {
  gapReasons,
  type AccountBounds,
  type Answer,
  type Assumption,
  type Contradiction,
  type Coverage,
  type DataClasses,
  type EvidenceCounts,
  type Gap,
  type GapReason,
  type OpenStore,
  type RejectedLine,
} from "./answer.ts";
export { answerQuestion, requirePopulation } from "./answer-question.ts";
export type { Stretch } from "./stretch.ts";
export { answerDigest } from "./answer-digest.ts";
export {
  coverageTimeline,
  proofKinds,
  type CoverageBand,
  type CoverageStretch,
  type CoverageTimeline,
  type ProofKind,
} from "./coverage-timeline.ts";
export {
  explanationLimits,
  type BoundsExplanation,
  type EventPlace,
  type EventPlaces,
  type Explanation,
  type Hint,
  type ListedAccess,
  type ListedEvent,
  type NotAccessedClass,
  type PersonExplanation,
} from "./explanation.ts";
export { explain, type ExplainRequest } from "./explain.ts";
