import { mergeClaims } from "../facts/merged-claim.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { Language } from "../locales/language.ts";
import { nobodyNeedsNewPassword } from "../message/advice.ts";
import { discovered, people } from "../message/happened.ts";
import { say, type Statement } from "../message/statement.ts";
import { NoticeError } from "../errors.ts";

/** RFC 8291, 4: a push service need not take more than 4,096 bytes, which encryption takes 103 of. */
export const pushPayloadBytesMax = 3993;

/**
 * What a Web Push message carries, as JSON in UTF-8. It can stand on a locked screen, so that it is the same for everybody:
 * it tells of the incident and never whether the reader is among the affected.
 */
export type PushPayload = {
  readonly title: string;
  readonly body: string;
  /** One notification of an incident replaces another. */
  readonly tag: string;
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  /** The public page; null where there is none. */
  readonly url: string | null;
};

/** Throws `ERR_NOTICE_FACTS` when the facts' own texts are too long for a push message. */
export function pushPayload(facts: NoticeFacts, language: Language): PushPayload {
  const said: Statement[] = [discovered(facts), people(mergeClaims(facts.claims).people)];
  if (nobodyNeedsNewPassword(facts)) said.push(say("change_password", "noNewPassword", {}));
  const payload: PushPayload = {
    title: `${facts.service}: ${language.label("appTitle")}`,
    body: said.map((statement) => language.say(statement)).join(" "),
    tag: facts.reference,
    lang: language.locale,
    dir: language.direction,
    url: facts.publicPage,
  };
  const bytes = Buffer.byteLength(JSON.stringify(payload), "utf8");
  if (bytes > pushPayloadBytesMax) {
    throw new NoticeError(
      "ERR_NOTICE_FACTS",
      `the push message has ${bytes} bytes, expected at most ${pushPayloadBytesMax}`,
    );
  }
  return payload;
}
