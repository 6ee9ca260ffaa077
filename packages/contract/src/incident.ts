import { Type, type Static } from "typebox";
import { AnswerSummary } from "./answer.ts";
import { AcceptedAssumption } from "./assumption.ts";
import { Claim } from "./claim.ts";
import { BreakGlass } from "./approval.ts";
import { AllClearCriteria } from "./all-clear.ts";
import { Decision } from "./decision.ts";
import { DutySummary } from "./duty.ts";
import { Attachment, Note, severities, StageMove, stages, Task } from "./lifecycle.ts";
import { Notice } from "./notice.ts";
import { operatorRoles, Signed } from "./operator.ts";
import { Plan } from "./plan.ts";
import { Retention } from "./retention.ts";
import { RiskDecision } from "./risk.ts";
import { orNull } from "./shape.ts";
import { IncidentId, Line } from "./text.ts";

export const OpenIncident = Type.Object(
  { title: Line },
  { title: "OpenIncident", additionalProperties: false },
);
export type OpenIncident = Static<typeof OpenIncident>;

export const Incident = Type.Object(
  {
    id: IncidentId,
    title: Line,
    status: Type.Union([Type.Literal("open"), Type.Literal("all-clear")]),
    opened: Signed,
    stage: Type.Enum([...stages]),
    severity: orNull(Type.Enum([...severities])),
    stageMoves: Type.Array(StageMove),
    people: Type.Record(Type.String(), Type.Array(Type.Enum([...operatorRoles])), {
      description: "roles that were granted in this incident, by operator",
    }),
    notes: Type.Array(Note),
    tasks: Type.Array(Task),
    attachments: Type.Array(Attachment),
    answers: Type.Array(AnswerSummary),
    assumptions: Type.Array(AcceptedAssumption),
    claims: Type.Array(Claim),
    decisions: Type.Array(Decision),
    riskDecisions: Type.Array(RiskDecision),
    breakGlass: Type.Array(BreakGlass),
    plans: Type.Array(Plan),
    notices: Type.Array(Notice),
    duties: Type.Array(DutySummary, {
      description: "legal deadlines in the markets concerned, the first due first; not legal advice",
    }),
    allClearCriteria: orNull(Type.Object({ criteria: AllClearCriteria, set: Signed })),
    allClear: orNull(Signed),
    retention: Retention,
    unfinished: Type.Array(Type.String(), {
      description: "what stands between now and the all clear, in words",
    }),
  },
  { title: "Incident" },
);
export type Incident = Static<typeof Incident>;

export const IncidentList = Type.Object(
  {
    incidents: Type.Array(Incident),
    next: orNull(Type.String({ description: "the cursor of the next page; null: there is none" })),
  },
  { title: "IncidentList" },
);
export type IncidentList = Static<typeof IncidentList>;
