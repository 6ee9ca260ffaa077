import { createHmac } from "node:crypto";
import {
  receiverText,
  webhookEvent,
  type Contact,
  type Delivery,
  type NoticeFacts,
  type Prepared,
  type WebhookMessage,
} from "@cordon/notices";
import type { WebhookReceiver } from "./channel-origins.ts";

type Receiving = Contact & { readonly receiver: WebhookReceiver };
type WebhookParts = Pick<Delivery<WebhookMessage, Receiving>, "contacts" | "prepare" | "destination">;

/**
 * One event for each receiver. A receiver's place among `names` stands for its ordinal in the ledger; one that is no longer configured
 * can't be reached.
 */
export function webhookDelivery(
  names: readonly string[],
  receivers: readonly WebhookReceiver[],
  notice: {
    readonly facts: NoticeFacts;
    readonly edition: number;
    readonly affectedPlanned: number;
    readonly salt: Uint8Array;
  },
): WebhookParts {
  const event = webhookEvent(notice.facts, notice.edition);
  return {
    contacts(ordinals) {
      const known = new Map<number, Receiving>();
      for (const ordinal of ordinals) {
        const name = names[ordinal];
        const receiver = receivers.find((one) => one.name === name);
        if (name !== undefined && receiver !== undefined)
          known.set(ordinal, { accountId: name, email: null, locale: null, receiver });
      }
      return Promise.resolve(known);
    },
    destination: ({ receiver }) => URL.parse(receiver.url)?.host ?? "",
    prepare(_audience, { receiver }): Prepared<WebhookMessage> {
      const { name, kind, locale, url, secrets } = receiver;
      const text = receiverText(kind, notice.facts, notice.affectedPlanned, locale);
      const payload = text === null ? event : { ...event, data: { ...event.data, text } };
      const id = createHmac("sha256", notice.salt)
        .update(`webhook\n${notice.edition}\n${name}`)
        .digest("hex")
        .slice(0, 32);
      return {
        message: { endpoint: { url, secrets }, id: `msg_${id}`, payload: JSON.stringify(payload) },
        statements: null,
        destination: URL.parse(url)?.host ?? "",
      };
    },
  };
}
