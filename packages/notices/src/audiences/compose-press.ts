import { mergeClaims } from "../facts/merged-claim.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { contacting, numberOfPeople } from "../message/compose-general.ts";
import type { Composition } from "../message/composed-notice.ts";
import { causeOf, dataOf, discovered, doneSteps, groundsOf } from "../message/happened.ts";
import { contactStatement, section } from "../message/sections.ts";
import { say, type Statement } from "../message/statement.ts";
import { askedOfPeople, notAskedOfPeople } from "./third-person.ts";

/** The press text: the facts of the notice to all, about people instead of to them. */
export function composePress(facts: NoticeFacts, affectedPlanned: number): Composition {
  const claim = mergeClaims(facts.claims);
  const more: Statement[] = [contactStatement(facts)];
  if (facts.publicPage !== null) {
    more.push(say("publicPage", "publicPage", { page: { link: facts.publicPage } }));
  }
  if (facts.nextUpdate !== null) more.push(say("nextUpdate", "nextUpdate", { at: { at: facts.nextUpdate } }));
  const happened = [
    discovered(facts),
    ...causeOf(facts),
    ...numberOfPeople(claim),
    ...contacting(claim, affectedPlanned),
    ...groundsOf(claim, facts),
  ];
  return {
    subject: say("service", "pressTitle", { service: { text: facts.service } }),
    blocks: [
      { kind: "paragraph", sentences: happened },
      { kind: "list", items: dataOf(claim) },
      { kind: "list", items: [...askedOfPeople(facts), ...notAskedOfPeople(facts)] },
      ...section("headingDone", [{ kind: "list", items: doneSteps(facts) }]),
      ...section("headingMore", [{ kind: "list", items: more }]),
    ],
  };
}
