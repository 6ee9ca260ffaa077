import { Type, type Static } from "typebox";
import { AnswerSummary } from "./answer.ts";
import { AcceptedAssumption } from "./assumption.ts";
import { Claim } from "./claim.ts";
import { Decision } from "./decision.ts";
import { Notice } from "./notice.ts";
import { Signed } from "./operator.ts";
import { Plan } from "./plan.ts";
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
    answers: Type.Array(AnswerSummary),
    assumptions: Type.Array(AcceptedAssumption),
    claims: Type.Array(Claim),
    decisions: Type.Array(Decision),
    plans: Type.Array(Plan),
    notices: Type.Array(Notice),
    allClear: Type.Union([Signed, Type.Null()]),
    unfinished: Type.Array(Type.String(), {
      description: "what stands between now and the all clear, in words",
    }),
  },
  { title: "Incident" },
);
export type Incident = Static<typeof Incident>;

export const IncidentList = Type.Object({ incidents: Type.Array(Incident) }, { title: "IncidentList" });
export type IncidentList = Static<typeof IncidentList>;
