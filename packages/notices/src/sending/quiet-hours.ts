import { marketZones } from "./market-zones.ts";

/** From a minute of the day on (local time) until another one, over midnight when `from` is the later. */
export type QuietHours = { readonly fromMinute: number; readonly toMinute: number };

const minuteMs = 60_000;
const dayMinutes = 1440;

/**
 * Until when a market is quiet, in milliseconds since the epoch; null when it may be written to. A market with several time
 * zones is quiet while any of them is; a market that nobody listed is never quiet.
 */
export function quietUntil(quiet: QuietHours, market: string | null, nowMs: number): number | null {
  let untilMs: number | null = null;
  // Where the last zone wakes, another may have fallen asleep: with the zones of one market that ends after a few turns.
  for (let turn = 0; turn < 8; turn++) {
    const at = untilMs ?? nowMs;
    const ends = (market === null ? [] : (marketZones[market] ?? [])).flatMap(
      (zone) => zoneQuietUntil(quiet, zone, at) ?? [],
    );
    if (ends.length === 0) return untilMs;
    untilMs = Math.max(...ends);
  }
  return untilMs;
}

/** The markets that are quiet now, and until when. */
export function quietMarkets(quiet: QuietHours, nowMs: number): ReadonlyMap<string, number> {
  return new Map(
    Object.keys(marketZones).flatMap((market) => {
      const untilMs = quietUntil(quiet, market, nowMs);
      return untilMs === null ? [] : [[market, untilMs] as const];
    }),
  );
}

function zoneQuietUntil({ fromMinute, toMinute }: QuietHours, zone: string, nowMs: number): number | null {
  const minute = localMinute(zone, nowMs);
  const isQuiet =
    fromMinute < toMinute
      ? minute >= fromMinute && minute < toMinute
      : minute >= fromMinute || minute < toMinute;
  if (!isQuiet) return null;
  const nowMinuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const guessMs = nowMinuteMs + ((toMinute - minute + dayMinutes) % dayMinutes) * minuteMs;
  // The clock may have been put forward or back in between.
  const off = localMinute(zone, guessMs) - toMinute;
  const shift = off > dayMinutes / 2 ? off - dayMinutes : off < -dayMinutes / 2 ? off + dayMinutes : off;
  return Math.max(nowMinuteMs + minuteMs, guessMs - shift * minuteMs);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function localMinute(zone: string, ms: number): number {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  const parts = clock.formatToParts(ms);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return part("hour") * 60 + part("minute");
}
