import type { Certainty, Inquiry, SourceInquiry, SuspectPattern } from "./inquiry.ts";
import { suspectFields, type MapFacts, type SourceFacts, type SuspectField } from "./map-facts.ts";
import type { Question } from "./question.ts";

/** The answer's list of accounts is cut after so many. */
const accountIdsMax = 10_000;

/** What must be asked of the evidence to answer a question. */
export function inquire(map: MapFacts, question: Question): Inquiry {
  return {
    fromUs: question.fromUs,
    toUs: question.toUs,
    decoys: question.decoys,
    accountIdsMax,
    sources: map.sources.map((source) => ({
      source: source.name,
      skewUs: source.skewUs,
      suspects: question.suspects.map((suspect) => suspectPattern(source, suspect)),
      unmapped: suspectFields.filter(
        (field) => !source.fields.has(field) && question.suspects.some((suspect) => suspect.has(field)),
      ),
      sequence: source.coverage.some((entry) => entry.proof.kind === "sequence"),
    })),
  };
}

function suspectPattern(source: SourceFacts, suspect: ReadonlyMap<SuspectField, string>): SuspectPattern {
  const fields = [...suspect].filter(([field]) => source.fields.has(field));
  return { fields, certain: fields.length === suspect.size };
}

/** Whether an event with these field texts is a suspect's: any entry may match, within an entry all fields must. */
export function matchSuspect(
  source: SourceInquiry,
  fields: { get(field: SuspectField): string | null | undefined },
): Certainty {
  let certainty: Certainty = "no";
  for (const suspect of source.suspects) {
    if (!suspect.fields.every(([field, text]) => fields.get(field) === text)) continue;
    if (suspect.certain) return "surely";
    certainty = "possibly";
  }
  return certainty;
}

/** Whether an event at this time lies inside the window: less than `skew` from either edge it only possibly does. */
export function placeInWindow(inquiry: Inquiry, source: SourceInquiry, timeUs: number): Certainty {
  const { fromUs, toUs } = inquiry;
  if (Math.abs(timeUs - fromUs) < source.skewUs || Math.abs(timeUs - toUs) < source.skewUs) return "possibly";
  return timeUs >= fromUs && timeUs < toUs ? "surely" : "no";
}
