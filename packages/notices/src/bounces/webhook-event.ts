import { Webhook } from "standardwebhooks";
import { NoticeError } from "../errors.ts";
import type { Returned } from "./apply-returns.ts";

const kinds = ["confirmed", "bounced", "complained"] as const;
const eventsMax = 10_000;

/**
 * Reports of a provider by Standard Webhooks: `{"type":"notice.returned","data":[{"token","kind","status"}]}`. The signature is checked
 * against each secret, and the time within five minutes of now (the library's tolerance). Throws `ERR_NOTICE_RETURN`.
 */
export function returnsOfWebhook(
  body: string,
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): readonly Returned[] {
  if (!secrets.some((secret) => isGenuine(body, headers, secret)))
    return refuse("has no signature that holds");
  const value = parse(body);
  const data = typeof value === "object" && value !== null && "data" in value ? value.data : null;
  if (!Array.isArray(data) || data.length > eventsMax)
    return refuse(`has no \`data\` of at most ${eventsMax}`);
  return data.map((one: unknown): Returned => {
    const { token, kind, status } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const known = kinds.find((name) => name === kind);
    if (typeof token !== "string" || known === undefined)
      return refuse("holds an entry without token or kind");
    return { token, kind: known, status: typeof status === "string" ? status.slice(0, 16) : null };
  });
}

function isGenuine(body: string, headers: Readonly<Record<string, string>>, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return refuse("is no JSON");
  }
}

function refuse(what: string): never {
  throw new NoticeError("ERR_NOTICE_RETURN", `the provider's report ${what}`);
}
