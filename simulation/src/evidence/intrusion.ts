import { accountIdOf, decoyAccountId, type Population } from "../population/population.ts";
import { drawBelow, streamKey } from "../population/random.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { intrusionMs, logsFromMs, logsToMs } from "./incident-clock.ts";
import { intruder } from "./investigation.ts";
import type { LogEvent } from "./log-event.ts";

export type SourceName = "profile-api" | "credential-api" | "payment-api";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What the intruder did, in the order of time, by the log that saw it. */
export function intruderEvents(truth: HiddenTruth): Readonly<Record<SourceName, readonly LogEvent[]>> {
  const by = { principal: intruder.actor, ip: intruder.address, sid: intruder.session };
  const refused = truth.refused.map((person) => person.accountId);
  const at = (minutes: number) => intrusionMs + minutes * minuteMs + 137;
  const profile: LogEvent[] = [{ ...by, tsMs: at(0), op: "health", status: 200 }];
  refused
    .slice(0, 6)
    .forEach((userId, i) =>
      profile.push({ ...by, tsMs: at(2 + i), op: "getProfile", status: i % 2 === 0 ? 403 : 429, userId }),
    );
  profile.push({ ...by, tsMs: at(11), op: "searchUsers", status: 403 });
  profile.push({ ...by, tsMs: at(19), op: "getProfile", status: 200, userId: decoyAccountId });
  profile.push({ ...by, tsMs: at(31), op: "getProfile", status: 200, userId: truth.opened.accountId });
  if (truth.exportedRows !== null)
    profile.push({ ...by, tsMs: at(44), op: "exportUsers", status: 200, count: truth.exportedRows });

  const credential = refused
    .slice(6, 8)
    .map((userId, i) => ({ ...by, tsMs: at(52 + i), op: "readHash", status: 403, userId }));
  const payment: LogEvent[] = refused
    .slice(8)
    .map((userId, i) => ({ ...by, tsMs: at(61 + i), op: "getPayment", status: 403, userId }));
  if (truth.variant === "payment")
    payment.push({ ...by, tsMs: at(77), op: "getPayment", status: 200, userId: truth.opened.accountId });
  return { "profile-api": profile, "credential-api": credential, "payment-api": payment };
}

/** When the intruder truly read people's data for the first and the last time. */
export function accessTimes(truth: HiddenTruth): { readonly firstMs: number; readonly lastMs: number } {
  const reads = Object.values(intruderEvents(truth))
    .flat()
    .filter(
      ({ status, userId, count }) =>
        status === 200 && ((userId !== undefined && userId !== decoyAccountId) || count !== undefined),
    );
  const times = reads.map(({ tsMs }) => tsMs);
  return { firstMs: Math.min(...times), lastMs: Math.max(...times) };
}

/**
 * What the same service account does by day, from its own address: bulk reads that look like the intruder's and are
 * none. They touch the account that the intruder opened, too.
 */
export function lookAlikeEvents(population: Population, truth: HiddenTruth): LogEvent[] {
  const key = streamKey(population.seed, "look-alikes");
  const events: LogEvent[] = [];
  for (let dayStartMs = logsFromMs; dayStartMs < logsToMs; dayStartMs += dayMs) {
    for (let hour = 9; hour < 17; hour++) {
      const n = events.length;
      const ids = Array.from({ length: 5 }, (_, i) =>
        accountIdOf(drawBelow(key, n * 8 + i, population.accounts)),
      );
      const by = { principal: intruder.actor, ip: "10.20.0.15", sid: `m-${(dayStartMs / dayMs) % 97}` };
      events.push({
        ...by,
        tsMs: dayStartMs + hour * hourMs + 71,
        op: "exportUsers",
        status: 200,
        count: Math.ceil(population.accounts / 20),
      });
      events.push({
        ...by,
        tsMs: dayStartMs + hour * hourMs + 20 * minuteMs + 71,
        op: "searchUsers",
        status: 200,
        ids: [...ids, truth.opened.accountId],
      });
    }
  }
  return events;
}
