import { mergeClaims } from "../facts/merged-claim.ts";
import type { MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import { contacting, numberOfPeople } from "../message/compose-general.ts";
import type { Composition, CompositionBlock } from "../message/composed-notice.ts";
import { dataOf } from "../message/happened.ts";
import type { MessageKey } from "../locales/messages.ts";
import { say, type Statement } from "../message/statement.ts";
import { askedOfPeople, notAskedOfPeople } from "./third-person.ts";

/** What the support desk may answer, question by question: the facts of the notice and nothing else. */
export function composeSupportScript(facts: NoticeFacts, affectedPlanned: number): Composition {
  const claim = mergeClaims(facts.claims);
  const all = [...askedOfPeople(facts), ...notAskedOfPeople(facts)];
  const about = (...kinds: readonly MeasureFact["measure"][]): Statement[] => {
    const said = all.filter(({ fact }) => kinds.some((kind) => kind === fact));
    return said.length === 0 ? [say("no-measure", "answerOnlySaid", {})] : said;
  };
  const more: Statement[] = [];
  if (facts.publicPage !== null) {
    more.push(say("publicPage", "publicPage", { page: { link: facts.publicPage } }));
  }
  if (facts.nextUpdate !== null) more.push(say("nextUpdate", "nextUpdate", { at: { at: facts.nextUpdate } }));
  const lockedOut: Statement[] =
    facts.recoveryPage === null
      ? []
      : [say("recoveryPage", "recovery", { page: { link: facts.recoveryPage } })];
  return {
    subject: say("reference", "supportTitle", { reference: { text: facts.reference } }),
    blocks: [
      { kind: "paragraph", sentences: [say("fixed", "supportRule", {})] },
      ...question("askAmIAffected", [
        ...numberOfPeople(claim),
        ...contacting(claim, affectedPlanned),
        say("fixed", "answerAmIAffected", {}),
      ]),
      ...question("askWhichData", dataOf(claim)),
      ...question("askPassword", about("change_password")),
      ...question("askSignIn", about("reauthenticate")),
      ...question("askUpdate", about("upgrade", "refuse_client")),
      ...question("askOffline", about("redownload")),
      ...question("askPhishing", [
        say("fixed", "noSignInLink", {}),
        say("reference", "quoteReference", { reference: { text: facts.reference } }),
        say("fixed", "beCareful", {}),
      ]),
      ...question("askLockedOut", lockedOut),
      ...question("askMore", more),
    ],
  };
}

function question(
  key: Extract<MessageKey, `ask${string}`>,
  answers: readonly Statement[],
): CompositionBlock[] {
  if (answers.length === 0) return [];
  return [
    { kind: "heading", text: say("fixed", key, {}) },
    { kind: "list", items: answers },
  ];
}
