import { accountIdOf, type Population } from "../population/population.ts";
import { drawBelow, drawUnit, streamKey } from "../population/random.ts";
import { logsFromMs, logsToMs } from "./incident-clock.ts";
import type { SourceName } from "./intrusion.ts";
import type { LogEvent } from "./log-event.ts";

/** Ordinary requests in a log: enough to be a haystack, bounded so that a drill of millions still ends. */
function backgroundCount(source: SourceName, accounts: number): number {
  const share = { "profile-api": 1, "credential-api": 0.5, "payment-api": 0.25 }[source];
  return Math.round(Math.min(400_000, Math.max(3_000, accounts)) * share);
}

/** The ordinary requests of a source, in the order of time. */
export function* backgroundEvents(population: Population, source: SourceName): Generator<LogEvent> {
  const count = backgroundCount(source, population.accounts);
  const key = streamKey(population.seed, `background/${source}`);
  const spanMs = logsToMs - logsFromMs;
  for (let i = 0; i < count; i++) {
    const tsMs = logsFromMs + Math.floor(((i + drawUnit(key, i * 4)) / count) * spanMs);
    const who = drawBelow(key, i * 4 + 1, population.accounts);
    const what = drawUnit(key, i * 4 + 2);
    yield {
      tsMs,
      sid: `s-${who.toString(36)}`,
      ip: `10.1.${who % 251}.${(who >>> 8) % 251}`,
      ...ordinary(source, what, accountIdOf(who)),
    };
  }
}

function ordinary(
  source: SourceName,
  what: number,
  userId: string,
): { principal: string; op: string; status: number; userId?: string } {
  if (what < 0.02) return { principal: "probe", op: "health", status: 200 };
  const status = what > 0.98 ? 404 : 200;
  switch (source) {
    case "profile-api":
      return { principal: "app-gateway", op: "getProfile", status, userId };
    case "credential-api":
      return { principal: "auth-gateway", op: "verifyPassword", status: what > 0.93 ? 403 : 200, userId };
    case "payment-api":
      return { principal: "billing", op: what < 0.4 ? "charge" : "getPayment", status, userId };
  }
}
