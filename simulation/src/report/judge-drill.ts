import type { MailSummary } from "../mail/mail-record.ts";
import type { Population } from "../population/population.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import type { GateTally } from "./gate-tally.ts";
import { judgeClaim, type ClaimedFacts } from "./judge-claim.ts";
import { judgeMail } from "./judge-mail.ts";
import { readMail } from "./mail-text.ts";

/** Everything that was said, compared with the hidden truth: the claim itself and each text that was received. */
export function falseStatements(claimed: ClaimedFacts, mail: ReceivedMail, truth: HiddenTruth): string[] {
  const found = judgeClaim(claimed, truth).map((words) => `claim: ${words}`);
  for (const text of mail.summary.texts) {
    const trulyAffected = mail.affectedTexts.filter((key) => key === text.key).length;
    const { falseStatements } = judgeMail(
      readMail(text.sample),
      { messages: text.messages, trulyAffected },
      truth,
    );
    found.push(...falseStatements.map((words) => `mail: ${words}`));
  }
  if (mail.summary.textsNotKept > 0)
    found.push(`mail: ${mail.summary.textsNotKept} messages had texts that nobody read`);
  return found;
}

interface ReceivedMail {
  readonly summary: MailSummary;
  /** The text that each truly affected person received; null for none. */
  readonly affectedTexts: readonly (string | null)[];
}

interface CohortRules {
  readonly affected: string;
  readonly certain: string;
  readonly exposed: string;
}

/** Whether exactly the right people were asked to sign in again, by the rules that asked. */
export function judgeCohorts(
  tally: GateTally,
  population: Population,
  truth: HiddenTruth,
  rules: CohortRules,
): { wronglyAsked: number; notAsked: number } {
  const exposed = new Set(truth.exposed.map((person) => person.index));
  let wronglyAsked = 0;
  let notAsked = 0;
  for (let index = 0; index < population.accounts; index++) {
    const { certain } = population.person(index);
    const should = [
      { rule: rules.affected, concerned: index === truth.opened.index },
      { rule: rules.certain, concerned: certain },
      { rule: rules.exposed, concerned: exposed.has(index) },
    ];
    const met = should.filter(({ rule }) => tally.metRule(index, rule));
    if (met.some(({ concerned }) => !concerned)) wronglyAsked++;
    if (should.some(({ concerned }) => concerned) && met.length === 0) notAsked++;
  }
  return { wronglyAsked, notAsked };
}
