import { platforms as directoryPlatforms, touches, type DataClass } from "@cordon/model";
import type { Audience, ClaimFact, NoticeFacts } from "../facts/notice-facts.ts";
import { mergeClaims } from "../facts/merged-claim.ts";
import type { Sentence } from "./composed-notice.ts";
import { measuresFor } from "./measure-sentences.ts";
import type { Phrases } from "./phrases.ts";

const signInClasses: readonly DataClass[] = ["user.authorization", "system.authentication"];
const paymentClasses: readonly DataClass[] = ["user.payment", "user.financial"];

function maybeAccessed(classes: ClaimFact["dataClasses"], among: readonly DataClass[]): boolean {
  return [...classes.accessed, ...classes.unknown].some((name) =>
    among.some((other) => touches(name, other)),
  );
}

/** What a reader whose data was or may have been accessed can do for themselves. */
export function adviceSentences(classes: ClaimFact["dataClasses"], phrases: Phrases): Sentence[] {
  const said: Sentence[] = [{ fact: "fixed", text: phrases.beCareful }];
  if (maybeAccessed(classes, paymentClasses)) said.push({ fact: "fixed", text: phrases.watchPayments });
  return said;
}

/** What is not needed, said as plainly as what is: only where neither a measure nor the evidence speaks against it. */
export function needNotSentences(facts: NoticeFacts, audience: Audience, phrases: Phrases): Sentence[] {
  const measures = measuresFor(facts, audience);
  const said: Sentence[] = [];
  const classes = mergeClaims(facts.claims).dataClasses;
  const passwordAsked = facts.measures.some((measure) => measure.measure === "change_password");
  if (!passwordAsked && !maybeAccessed(classes, signInClasses)) {
    said.push({ fact: "change_password", text: phrases.noNewPassword });
  }
  const ofTheApp = measures.filter(
    ({ measure }) => measure === "upgrade" || measure === "redownload" || measure === "refuse_client",
  );
  if (ofTheApp.length === 0) {
    said.push({ fact: "upgrade", text: phrases.noUpdate });
  } else {
    const free = directoryPlatforms.filter((platform) =>
      ofTheApp.every((measure) => measure.platforms !== null && !measure.platforms.includes(platform)),
    );
    if (free.length > 0) {
      said.push({ fact: "upgrade", text: phrases.noUpdateOn(phrases.list(free.map(phrases.platform))) });
      const signIn = measures.filter(
        ({ measure }) => measure === "reauthenticate" || measure === "change_password",
      );
      if (
        signIn.some(
          ({ platforms }) => platforms === null || platforms.some((name) => free.some((one) => one === name)),
        )
      ) {
        said.push({ fact: "reauthenticate", text: phrases.stillSignIn });
      }
    }
  }
  if (measures.length === 0 && audience === "general")
    said.push({ fact: "no-measure", text: phrases.nothingNeeded });
  return said;
}
