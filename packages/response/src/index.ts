export { decide } from "./decide.ts";
export { evolve } from "./evolve.ts";
export { unfinished } from "./unfinished.ts";
export { contradiction, type Contradictable } from "./contradiction.ts";
export { questionText } from "./decide-findings.ts";
export { claimsOf, stopReason } from "./decide-notice.ts";
export { factSheetOf } from "./fact-sheet-of.ts";
export { lastWaveOpensMs } from "./wave.ts";
export { ResponseError, type RefusalCode } from "./errors.ts";
export type { DecisionContext, IncidentCommand } from "./command.ts";
export {
  incidentEventTypes,
  type BundlePutInForce,
  type CommandMark,
  type Deliveries,
  type NoticeManifest,
  type IncidentEvent,
  type IncidentEventData,
  type IncidentEventType,
} from "./event.ts";
export {
  notNeededKinds,
  type ClaimFacts,
  type DecisionFacts,
  type FactSheet,
  type MeasureFacts,
  type NotNeeded,
  type Sender,
} from "./fact-sheet.ts";
export {
  plansInForce,
  standingClaims,
  type AcceptedAssumption,
  type AnswerState,
  type ClaimState,
  type Incident,
  type NoticePhase,
  type NoticeState,
  type PlanPhase,
  type PlanState,
  type Step,
} from "./incident.ts";
export {
  answersOf,
  type Cohort,
  type DirectoryConditions,
  type Measure,
  type Rollout,
  type Where,
} from "./measure.ts";
