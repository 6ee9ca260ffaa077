import { parseDuration, parseInstant } from "@cordon/model";
import { NoticeError } from "../errors.ts";
import type { Audience } from "../facts/notice-facts.ts";
import type { QuietHours } from "./quiet-hours.ts";

/** From `afterMs` after the beginning on so many messages a second, so that receivers get to know a new sender. */
export type WarmUpStep = { readonly afterMs: number; readonly perSecond: number };

/** How fast messages go out, all senders of the ledger taken together, and when not. */
export type Pace = {
  /** Paces of one scope share their buckets; left out: that of e-mail. */
  readonly scope?: string;
  /** Messages a second; null for no limit. */
  readonly perSecond: number | null;
  /** Messages a second to any one domain (or host); null for no limit. */
  readonly perDomainPerSecond: number | null;
  /** Domains with a rate of their own, in lower case. */
  readonly domains: ReadonlyMap<string, number>;
  /** Below `perSecond` while it lasts; the steps ascend, and after the last one it goes on. */
  readonly warmUp: { readonly fromMs: number; readonly steps: readonly WarmUpStep[] } | null;
  readonly quiet: QuietHours | null;
  /** Who is written to in quiet hours all the same. */
  readonly quietExempt: readonly Audience[];
};

/** No limit at all. */
export const unpaced: Pace = {
  perSecond: null,
  perDomainPerSecond: null,
  domains: new Map(),
  warmUp: null,
  quiet: null,
  quietExempt: [],
};

/** Whether a notice goes out in its readers' quiet hours: never, to the affected, or to everybody. */
export const urgencies = ["ordinary", "immediate_for_affected", "immediate"] as const;
export type Urgency = (typeof urgencies)[number];

/** A pace as a notice of some urgency keeps it. */
export function paceOfUrgency(pace: Pace, urgency: Urgency): Pace {
  switch (urgency) {
    case "ordinary":
      return pace;
    case "immediate_for_affected":
      return { ...pace, quietExempt: [...new Set([...pace.quietExempt, "affected" as const])] };
    case "immediate":
      return { ...pace, quiet: null };
  }
}

/** Messages a second at a moment; null for no limit. */
export function globalRate({ perSecond, warmUp }: Pace, nowMs: number): number | null {
  if (warmUp === null) return perSecond;
  const step = warmUp.steps.findLast(({ afterMs }) => nowMs >= warmUp.fromMs + afterMs);
  // Before it begins nothing warms up yet: the first step is the most that is safe.
  const warm = (step ?? warmUp.steps[0])?.perSecond ?? null;
  if (warm === null) return perSecond;
  return perSecond === null ? warm : Math.min(perSecond, warm);
}

export function domainRate(pace: Pace, domain: string): number | null {
  return pace.domains.get(domain) ?? pace.perDomainPerSecond;
}

const rateMax = 1_000_000;

/**
 * Reads a pace from plain JSON: `{"perSecond":200,"perDomainPerSecond":20,"domains":{"example.com":5},"warmUp":{"from":"2014-05-27T00:00:00Z",
 * "steps":[{"after":"0s","perSecond":1}]},"quiet":{"from":"21:00","to":"08:00"},"quietExempt":["affected"]}`. Throws `ERR_NOTICE_PACE`.
 */
export function parsePace(value: unknown): Pace {
  const at = fields(value, "pace", [
    "perSecond",
    "perDomainPerSecond",
    "domains",
    "warmUp",
    "quiet",
    "quietExempt",
  ]);
  const domains = at["domains"] === undefined ? {} : fields(at["domains"], "domains", null);
  return {
    perSecond: optionalRate(at["perSecond"], "perSecond"),
    perDomainPerSecond: optionalRate(at["perDomainPerSecond"], "perDomainPerSecond"),
    domains: new Map(
      Object.entries(domains).map(([domain, rate]) => [domain.toLowerCase(), requireRate(rate, domain)]),
    ),
    warmUp: at["warmUp"] === undefined ? null : parseWarmUp(at["warmUp"]),
    quiet: at["quiet"] === undefined ? null : parseQuiet(at["quiet"]),
    quietExempt: parseExempt(at["quietExempt"]),
  };
}

function parseWarmUp(value: unknown): Pace["warmUp"] {
  const { from, steps } = fields(value, "warmUp", ["from", "steps"]);
  const fromMs = typeof from === "string" ? parseInstant(from) : null;
  if (fromMs === null) return refuse("warmUp.from", "an RFC 3339 time with `Z`");
  if (!Array.isArray(steps) || steps.length === 0)
    return refuse("warmUp.steps", "a list of {after, perSecond}");
  const read = steps.map((step: unknown): WarmUpStep => {
    const { after, perSecond } = fields(step, "warmUp.steps", ["after", "perSecond"]);
    const afterMs = typeof after === "string" ? parseDuration(after) : null;
    if (afterMs === null) return refuse("warmUp.steps.after", "a duration, as 0s or 24h");
    return { afterMs, perSecond: requireRate(perSecond, "warmUp.steps.perSecond") };
  });
  if (read.some((step, n) => n > 0 && step.afterMs <= (read[n - 1]?.afterMs ?? 0)))
    return refuse("warmUp.steps", "ascending `after`");
  return { fromMs, steps: read };
}

function parseQuiet(value: unknown): QuietHours {
  const { from, to } = fields(value, "quiet", ["from", "to"]);
  const fromMinute = minuteOfDay(from);
  const toMinute = minuteOfDay(to);
  if (fromMinute === null || toMinute === null || fromMinute === toMinute)
    return refuse("quiet", "`from` and `to` as HH:MM, not the same");
  return { fromMinute, toMinute };
}

function minuteOfDay(value: unknown): number | null {
  const [, hours, minutes] =
    typeof value === "string" ? (/^([01]\d|2[0-3]):([0-5]\d)$/.exec(value) ?? []) : [];
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes);
}

function parseExempt(value: unknown): readonly Audience[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => one === "affected" || one === "general"))
    return value as readonly Audience[];
  return refuse("quietExempt", "a list of audiences");
}

function optionalRate(value: unknown, name: string): number | null {
  return value === undefined || value === null ? null : requireRate(value, name);
}

function requireRate(value: unknown, name: string): number {
  if (typeof value === "number" && value > 0 && value <= rateMax) return value;
  return refuse(name, `messages a second, over 0 and at most ${rateMax}`);
}

function fields(value: unknown, name: string, known: readonly string[] | null): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(name, "an object");
  const stray = known === null ? undefined : Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined) return refuse(`${name}.${stray}`, `one of ${known?.join(", ") ?? ""}`);
  return value as Record<string, unknown>;
}

function refuse(name: string, expected: string): never {
  throw new NoticeError("ERR_NOTICE_PACE", `\`${name}\` of the pace is not right, expected ${expected}`);
}
