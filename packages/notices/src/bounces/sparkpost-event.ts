import { NoticeError } from "../errors.ts";
import type { Returned } from "./apply-returns.ts";

const eventsMax = 10_000;
/** Bounce classes that tell of an automatic answer, a (un)subscription or a challenge: none of them returns the message. */
const noBounce: ReadonlySet<string> = new Set(["60", "80", "90", "100"]);
/** Hard classes: an invalid recipient, and no such recipient. */
const noSuchRecipient: ReadonlySet<string> = new Set(["10", "30"]);
const noSuchRecipientStatus = "5.1.1";

/**
 * A batch of SparkPost's event webhook: `[{"msys":{"message_event":{"type","rcpt_meta":{"cordon-token"},…}}}]`. Delays, opens and
 * messages without our token change nothing; a batch that only tries the address (`[{"msys":{}}]`) is empty. Throws `ERR_NOTICE_RETURN`.
 */
export function returnsOfSparkPostEvents(body: string): readonly Returned[] {
  const batch = parse(body);
  if (!Array.isArray(batch) || batch.length > eventsMax) {
    throw new NoticeError("ERR_NOTICE_RETURN", `SparkPost's batch is no list of at most ${eventsMax} events`);
  }
  return batch.flatMap((one: unknown): Returned[] => {
    // One key names the kind of event: `message_event`, `unsubscribe_event` and the like.
    const [event] = Object.values(objectOf(objectOf(one)["msys"])).map(objectOf);
    const token = objectOf(event?.["rcpt_meta"])["cordon-token"];
    if (event === undefined || typeof token !== "string") return [];
    const { bounce_class: given } = event;
    const bounceClass = typeof given === "string" || typeof given === "number" ? String(given) : "";
    switch (event["type"]) {
      case "delivery":
        return [{ token, kind: "confirmed", status: null }];
      case "bounce":
      case "out_of_band":
        return noBounce.has(bounceClass)
          ? []
          : [
              {
                token,
                kind: "bounced",
                status: noSuchRecipient.has(bounceClass) ? noSuchRecipientStatus : null,
              },
            ];
      case "policy_rejection":
      case "generation_failure":
      case "generation_rejection":
        return [{ token, kind: "bounced", status: null }];
      case "spam_complaint":
        return [{ token, kind: "complained", status: null }];
      default:
        return [];
    }
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new NoticeError("ERR_NOTICE_RETURN", "SparkPost's batch is no JSON", { cause: error });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
