import type { Answer, Assumption } from "./answer.ts";
import { coverageTimeline } from "./coverage-timeline.ts";
import { explainClasses } from "./explain-classes.ts";
import { explainPeople } from "./explain-people.ts";
import type { BoundsExplanation, Explanation, ListedEvent } from "./explanation.ts";
import { findExposure } from "./exposure.ts";
import type { Findings } from "./findings.ts";
import { atMostWithStoreClosed, findHints } from "./hints.ts";
import { capOf } from "./judge.ts";
import type { MapFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";

const meanings: Readonly<Record<Assumption, string>> = {
  "doors-complete":
    "Every way to the personal data is a source of the map: nobody read it through a door that keeps no log here.",
  "suspects-complete":
    "Every mark the intruder is known by is in the question: nothing was read under a name, address or session that is not listed.",
  "logs-not-writable-by-suspects":
    "The intruder could not change, delete or forge these logs before they were collected.",
};

export interface ExplainRequest {
  readonly map: MapFacts;
  readonly question: Question;
  readonly findings: Findings;
  /** The answer to this question from these findings. */
  readonly answer: Answer;
  /** The suspects' events by time. */
  readonly events: readonly ListedEvent[];
  /** False when `events` are only the first of them. */
  readonly allEvents: boolean;
}

/** Why the answer is what it is: the very events and coverage behind it, and what would make it sharper. */
export function explain(request: ExplainRequest): Explanation {
  const { map, question, findings, answer, events, allEvents } = request;
  const timeline = coverageTimeline(map, question, findings.sources);
  const hints = findHints(request);
  return {
    bounds: explainBounds(request),
    people: explainPeople(answer, findings, question, events),
    classes: explainClasses({ map, question, answer, events, timeline, hints: hints.listed }),
    hints,
    assumptions: answer.assumptions.map((assumption) => ({ assumption, means: meanings[assumption] })),
    timeline,
    allEvents,
  };
}

function explainBounds(request: ExplainRequest): BoundsExplanation {
  const { map, findings, answer } = request;
  const exposure = findExposure(map, findings.sources);
  return {
    atLeast: answer.accounts.atLeast,
    atMost: answer.accounts.atMost,
    named: findings.accountsPossibly,
    namedOnlyPossibly: findings.accountsPossibly - findings.accounts,
    rows: exposure.rowsSum,
    openStores: answer.coverage.openStores.map((open) => ({
      ...open,
      atMostThen: atMostWithStoreClosed(request, open),
    })),
    cap: capOf(findings, exposure),
  };
}
