import { mergeClaims } from "../facts/merged-claim.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { nobodyNeedsNewPassword } from "../message/advice.ts";

/** The body of a Standard Webhooks message: the facts for programs, without anybody's account. */
export type WebhookEvent = {
  readonly type: "incident.notice.published";
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    readonly reference: string;
    readonly edition: number;
    readonly correctsEdition: number | null;
    readonly service: string;
    readonly people: {
      readonly kind: "exactly" | "between";
      readonly atLeast: number;
      readonly atMost: number;
    };
    readonly dataClasses: {
      readonly accessed: readonly string[];
      readonly notAccessed: readonly string[];
      readonly unknown: readonly string[];
    };
    readonly window: { readonly from: string; readonly to: string };
    readonly measures: readonly { readonly measure: string; readonly platforms: readonly string[] | null }[];
    /** True only where nobody is asked to change a password and no sign-in data may have been accessed. */
    readonly noNewPasswordNeeded: boolean;
    readonly publicPage: string | null;
  };
};

export function webhookEvent(facts: NoticeFacts, edition: number): WebhookEvent {
  const { people, dataClasses, window } = mergeClaims(facts.claims);
  const { kind, atLeast, atMost } = people;
  return {
    type: "incident.notice.published",
    timestamp: facts.asOf,
    data: {
      reference: facts.reference,
      edition,
      correctsEdition: facts.correction?.edition ?? null,
      service: facts.service,
      people: { kind, atLeast, atMost },
      dataClasses,
      window,
      // A measure for the affected alone is between them and us.
      measures: facts.measures
        .filter(({ concerns }) => concerns !== "affected")
        .map(({ measure, platforms }) => ({ measure, platforms })),
      noNewPasswordNeeded: nobodyNeedsNewPassword(facts),
      publicPage: facts.publicPage,
    },
  };
}
