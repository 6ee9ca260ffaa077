import { formatInstant } from "@cordon/model";
import type { BreachFacts, DutyIncident } from "./duty-incident.ts";
import type { Duty } from "./duties-of.ts";

/** One field of the form. `missing`: what is not known yet is said so, and may follow in a phase (33(4)). */
export type DraftField = {
  readonly article: string;
  readonly field: string;
  readonly text: string | null;
  readonly missing: boolean;
};

export type Article33Draft = {
  readonly rule: string;
  /** Never sent by Cordon: a person files it. */
  readonly fields: readonly DraftField[];
  /** True when something that the article asks for is missing: a first phase. */
  readonly inPhases: boolean;
  readonly reasonsForDelayNeeded: boolean;
};

/** Drafts what GDPR article 33(3) asks for, from facts and from nothing else. `duty` is that of the rule it is filed under. */
export function article33Draft(incident: DutyIncident, duty: Duty): Article33Draft {
  const { facts } = incident;
  const late = duty.status === "overdue" || duty.status === "done-late";
  const fields = [
    field("33(1)", "controller", facts.controller),
    field("33(1)", "became aware", awareness(incident)),
    field("33(3)(a)", "nature of the breach", natureOf(facts)),
    field("33(3)(a)", "categories of data subjects", joined(facts.peopleCategories)),
    field("33(3)(a)", "approximate number of data subjects", peopleText(facts)),
    field("33(3)(a)", "categories of personal data", classesText(facts)),
    field("33(3)(a)", "approximate number of records", facts.records === null ? null : String(facts.records)),
    field("33(3)(b)", "data protection officer or contact point", facts.contact),
    field("33(3)(c)", "likely consequences", facts.consequences),
    field("33(3)(d)", "measures taken", joined(facts.measuresTaken)),
    field("33(3)(d)", "measures proposed", joined(facts.measuresProposed)),
    ...(late ? [field("33(1)", "reasons for the delay", facts.reasonsForDelay)] : []),
  ];
  return {
    rule: duty.rule.id,
    fields,
    inPhases: fields.some(({ missing }) => missing),
    reasonsForDelayNeeded: late && facts.reasonsForDelay === null,
  };
}

function field(article: string, name: string, text: string | null): DraftField {
  return { article, field: name, text, missing: text === null };
}

function awareness(incident: DutyIncident): string | null {
  const times = incident.events.filter(({ event }) => event === "awareness").map(({ atMs }) => atMs);
  return times.length === 0 ? null : formatInstant(Math.min(...times));
}

function natureOf({ nature, cause, from, to }: BreachFacts): string | null {
  if (nature === null) return null;
  const window = from === null && to === null ? null : `from ${from ?? "unknown"} to ${to ?? "unknown"}`;
  return [nature, window, cause === null ? null : `cause: ${cause}`].filter((one) => one !== null).join("; ");
}

/** An exact number is said only where it is one. */
function peopleText({ people }: BreachFacts): string | null {
  if (people === null) return null;
  return people.kind === "exactly"
    ? `exactly ${people.atLeast}`
    : `at least ${people.atLeast}, at most ${people.atMost}`;
}

function classesText({ dataClasses }: BreachFacts): string | null {
  if (dataClasses === null) return null;
  const { accessed, notAccessed, unknown } = dataClasses;
  return [
    `accessed: ${joined(accessed) ?? "none"}`,
    `not accessed: ${joined(notAccessed) ?? "none shown"}`,
    ...(unknown.length === 0 ? [] : [`not known: ${joined(unknown) ?? ""}`]),
  ].join("; ");
}

function joined(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.join(", ");
}
