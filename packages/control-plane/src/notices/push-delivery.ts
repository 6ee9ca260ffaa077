import { createHash } from "node:crypto";
import type { Directory } from "@cordon/lake";
import {
  languageOf,
  negotiate,
  NoticeError,
  pushPayload,
  type Contact,
  type Delivery,
  type NoticeFacts,
  type Prepared,
  type PushMessage,
  type PushSubscription,
} from "@cordon/notices";
import type { NoticeWords } from "./notice-words.ts";
import type { PushSubscriptions } from "./push-subscriptions.ts";
import { contactsOf } from "./recipients.ts";

type Subscriber = Contact & { readonly subscriptions: readonly PushSubscription[] };
type PushParts = Pick<Delivery<PushMessage, Subscriber>, "contacts" | "prepare" | "destination">;

/** RFC 8030 5.4. */
const topicLength = 32;

/** One push for each person, the same for everybody of a language, to each of their browsers. */
export function pushDelivery(
  directory: Directory,
  subscriptions: PushSubscriptions,
  notice: { readonly facts: NoticeFacts; readonly words: NoticeWords; readonly incidentId: string },
): PushParts {
  // A later edition on its way takes the earlier one's place.
  const topic = createHash("sha256").update(notice.incidentId).digest("base64url").slice(0, topicLength);
  const texts = new Map<string, { readonly payload: string; readonly statements: string }>();
  const textIn = (locale: string) => {
    const known = texts.get(locale);
    if (known !== undefined) return known;
    const payload = JSON.stringify(pushPayload(notice.facts, languageOf(locale)));
    const statements = `sha256:${createHash("sha256").update(payload).digest("hex")}`;
    const text = { payload, statements };
    texts.set(locale, text);
    return text;
  };
  const hostOf = ({ subscriptions: [first] }: Subscriber): string | null =>
    first === undefined ? null : (URL.parse(first.endpoint)?.hostname ?? "");
  return {
    async contacts(ordinals) {
      const contacts = await contactsOf(directory, ordinals);
      return new Map(
        [...contacts].map(([ordinal, one]) => [
          ordinal,
          { ...one, subscriptions: subscriptions.of(one.accountId) },
        ]),
      );
    },
    destination: hostOf,
    prepare(_audience, contact): Prepared<PushMessage> | null {
      const destination = hostOf(contact);
      if (destination === null) return null;
      const { locale } = negotiate(contact.locale, notice.words.fallbacks);
      if (locale === null)
        throw new NoticeError("ERR_NOTICE_ADDRESS", "no language was decided on for this person");
      const { payload, statements } = textIn(locale);
      return { message: { subscriptions: contact.subscriptions, payload, topic }, statements, destination };
    },
  };
}
