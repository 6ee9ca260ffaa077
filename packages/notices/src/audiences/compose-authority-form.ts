import { mergeClaims } from "../facts/merged-claim.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { contacting } from "../message/compose-general.ts";
import type { Composition, CompositionBlock } from "../message/composed-notice.ts";
import {
  accessTimes,
  causeOf,
  dataOf,
  discovered,
  doneSteps,
  groundsOf,
  looked,
  people,
  whyNoExactNumber,
} from "../message/happened.ts";
import { contactStatement } from "../message/sections.ts";
import type { MessageKey } from "../locales/messages.ts";
import { say, type Statement } from "../message/statement.ts";
import { askedOfPeople, notAskedOfPeople } from "./third-person.ts";

/**
 * A draft with the fields of GDPR Art. 33(3), filled from the same facts; what they do not hold is said to be open. A person
 * completes and sends it: nothing here is legal advice.
 */
export function composeAuthorityForm(facts: NoticeFacts, affectedPlanned: number): Composition {
  const claim = mergeClaims(facts.claims);
  const told = contacting(claim, affectedPlanned);
  if (facts.publicPage !== null) {
    told.push(say("publicPage", "publicPage", { page: { link: facts.publicPage } }));
  }
  const number: Statement[] = [people(claim.people)];
  if (claim.people.kind === "between") number.push(whyNoExactNumber(claim));
  const blocks: CompositionBlock[] = [
    { kind: "paragraph", sentences: [say("reference", "formDraft", { at: { at: facts.asOf } })] },
    ...field("formNature", [discovered(facts), ...causeOf(facts)]),
    ...field("formWhen", [looked(claim), ...accessTimes(claim)]),
    ...field("formPeople", number),
    ...field("formClasses", dataOf({ ...claim, firstAccess: null, lastAccess: null })),
    ...field("formRecords", [say("fixed", "formRecordsUnknown", {})]),
    ...field("formContact", [
      contactStatement(facts),
      say("signature", "signature", {
        name: { text: facts.signature.name },
        role: { text: facts.signature.role },
        service: { text: facts.service },
      }),
    ]),
    ...field("formConsequences", [say("fixed", "formConsequencesOpen", {}), ...groundsOf(claim, facts)]),
    ...field("formMeasures", [...doneSteps(facts), ...askedOfPeople(facts), ...notAskedOfPeople(facts)]),
    ...field("formToldPeople", told),
  ];
  return { subject: say("service", "formTitle", { service: { text: facts.service } }), blocks };
}

function field(label: Extract<MessageKey, `form${string}`>, said: readonly Statement[]): CompositionBlock[] {
  if (said.length === 0) return [];
  return [
    { kind: "heading", text: say("fixed", label as "formNature", {}) },
    { kind: "list", items: said },
  ];
}
