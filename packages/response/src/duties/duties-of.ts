import { formatInstant, InputError } from "@cordon/model";
import { Temporal } from "temporal-polyfill";
import { dueTime, type DueTime } from "./due-time.ts";
import type { DutyIncident } from "./duty-incident.ts";
import type { HolidayCalendar } from "./holiday-calendar.ts";
import { eeaMarkets } from "./eea-markets.ts";
import type { DutyRule, RulePack } from "./rule.ts";

/**
 * Where a duty stands. `waiting`: what starts its clock has not happened. `no-deadline`: it has, and the law gives no number.
 * `tolled`: the clock stands still. `done-late`: after its time.
 */
export type DutyStatus =
  "waiting" | "running" | "overdue" | "tolled" | "no-deadline" | "done" | "done-late" | "waived";

/** One duty of an incident. Information with its source, not legal advice: whether it applies is for people to decide. */
export type Duty = {
  readonly rule: DutyRule;
  readonly status: DutyStatus;
  /** What it waits for: an event, or the duty before it; null once it has started. */
  readonly waitsFor: string | null;
  readonly startedAt: string | null;
  readonly dueAt: string | null;
  /** The last local day on which it is in time. */
  readonly lastDay: string | null;
  /** What is left until `dueAt`, in milliseconds; negative once it is overdue; null without a deadline and once it is done. */
  readonly leftMs: number | null;
  readonly doneAt: string | null;
  readonly extended: { readonly until: string; readonly because: string } | null;
  readonly tolledMs: number;
  readonly holidaysKnown: boolean | null;
  readonly skipped: DueTime["skipped"];
  readonly waivedBecause: string | null;
};

/**
 * The duties of an incident in the markets it concerns, those that are due first. Pure: `nowMs` is an argument. Throws
 * InputError for a rule that the pack lacks, and for an extension or a standstill that a rule does not know.
 */
export function dutiesOf(
  pack: RulePack,
  calendars: ReadonlyMap<string, HolidayCalendar>,
  incident: DutyIncident,
  nowMs: number,
): readonly Duty[] {
  checkReferences(pack, incident);
  const concerned = new Set(incident.markets.flatMap(marketsOf));
  return pack.rules
    .filter(({ market }) => concerned.has(market))
    .flatMap((rule) => dutyOf(rule, calendars, incident, nowMs) ?? [])
    .sort((a, b) => (a.leftMs ?? Infinity) - (b.leftMs ?? Infinity) || (a.rule.id < b.rule.id ? -1 : 1));
}

/** `DE` is in the EU's market, `US-CA` in the US. */
export function marketsOf(market: string): readonly string[] {
  const country = market.slice(0, 2);
  return [market, country, ...(eeaMarkets.has(country) ? ["EU"] : [])];
}

function checkReferences(pack: RulePack, incident: DutyIncident): void {
  const byId = new Map(pack.rules.map((rule) => [rule.id, rule]));
  for (const name of ["done", "extensions", "tolled", "waived"] as const) {
    incident[name].forEach(({ rule: id }, n) => {
      const rule = byId.get(id);
      const path = [name, n, "rule"];
      if (rule === undefined) throw new InputError(path, `no rule \`${id}\``, "one that `duties list` shows");
      if (name === "extensions" && rule.extension === null)
        throw new InputError(path, `\`${id}\` knows no extension`, "a rule that does");
      if (name === "tolled" && rule.tolling === null)
        throw new InputError(path, `the clock of \`${id}\` does not stand still`, "a rule whose clock does");
    });
  }
}

/** Null for a rule that was not in force on the day its clock started, or today while it waits. */
function dutyOf(
  rule: DutyRule,
  calendars: ReadonlyMap<string, HolidayCalendar>,
  incident: DutyIncident,
  nowMs: number,
): Duty | null {
  const startMs = startOf(rule, incident);
  if (!isInForce(rule, startMs ?? nowMs)) return null;
  const doneMs = doneOf(rule, incident);
  const waived = incident.waived.find((one) => one.rule === rule.id) ?? null;
  const base = startMs === null ? null : dueTime(rule.clock, rule.timeZone, startMs, calendars);
  const standstill = startMs === null ? noStandstill : standstillOf(rule, incident, startMs, nowMs);
  const extension =
    incident.extensions.filter((one) => one.rule === rule.id).sort((a, b) => b.untilMs - a.untilMs)[0] ??
    null;
  const tolledDueMs = base === null ? null : base.dueMs + standstill.ms;
  // An extension only ever gives more time.
  const dueMs = tolledDueMs === null ? null : Math.max(tolledDueMs, extension?.untilMs ?? 0);
  const shifted = base !== null && dueMs !== null && dueMs !== base.dueMs;
  return {
    rule,
    status: statusOf({ startMs, dueMs, doneMs, nowMs, stands: standstill.now, waived: waived !== null }),
    waitsFor: startMs === null ? ("event" in rule.start ? rule.start.event : rule.start.after) : null,
    startedAt: instantOrNull(startMs),
    dueAt: instantOrNull(standstill.now ? null : dueMs),
    lastDay:
      base === null || dueMs === null ? null : shifted ? localDay(dueMs - 1, rule.timeZone) : base.lastDay,
    leftMs: dueMs === null || doneMs !== null || waived !== null || standstill.now ? null : dueMs - nowMs,
    doneAt: instantOrNull(doneMs),
    extended:
      extension === null ? null : { until: formatInstant(extension.untilMs), because: extension.because },
    tolledMs: standstill.ms,
    holidaysKnown: base?.holidaysKnown ?? null,
    skipped: base?.skipped ?? [],
    waivedBecause: waived?.because ?? null,
  };
}

function statusOf(of: {
  readonly startMs: number | null;
  readonly dueMs: number | null;
  readonly doneMs: number | null;
  readonly nowMs: number;
  readonly stands: boolean;
  readonly waived: boolean;
}): DutyStatus {
  const { startMs, dueMs, doneMs, nowMs, stands, waived } = of;
  if (doneMs !== null) return dueMs !== null && doneMs >= dueMs && !stands ? "done-late" : "done";
  if (waived) return "waived";
  if (startMs === null || startMs > nowMs) return "waiting";
  if (stands) return "tolled";
  if (dueMs === null) return "no-deadline";
  return nowMs >= dueMs ? "overdue" : "running";
}

/** The earliest of the events that start it: what was known once can't become unknown. */
function startOf(rule: DutyRule, incident: DutyIncident): number | null {
  const { start } = rule;
  const times =
    "event" in start
      ? incident.events.filter(({ event }) => event === start.event).map(({ atMs }) => atMs)
      : incident.done.filter((done) => done.rule === start.after).map(({ atMs }) => atMs);
  return times.length === 0 ? null : Math.min(...times);
}

function doneOf(rule: DutyRule, incident: DutyIncident): number | null {
  const times = [
    ...incident.done.filter((done) => done.rule === rule.id),
    ...incident.events.filter(({ event }) => event === rule.metBy),
  ].map(({ atMs }) => atMs);
  return times.length === 0 ? null : Math.min(...times);
}

const noStandstill = { ms: 0, now: false };

/** How long the clock stood still since it started, overlapping times counted once, and whether it does now. */
function standstillOf(
  rule: DutyRule,
  incident: DutyIncident,
  startMs: number,
  nowMs: number,
): { readonly ms: number; readonly now: boolean } {
  let ms = 0;
  let coveredMs = startMs;
  let now = false;
  const times = incident.tolled.filter((one) => one.rule === rule.id).sort((a, b) => a.fromMs - b.fromMs);
  for (const { fromMs, toMs } of times) {
    if (fromMs <= nowMs && (toMs === null || toMs > nowMs)) now = true;
    const from = Math.max(fromMs, coveredMs);
    const to = toMs ?? nowMs;
    if (to > from) ms += to - from;
    coveredMs = Math.max(coveredMs, to);
  }
  return { ms, now };
}

function isInForce(rule: DutyRule, atMs: number): boolean {
  const day = localDay(atMs, rule.timeZone);
  return (
    (rule.effectiveFrom === null || day >= rule.effectiveFrom) &&
    (rule.effectiveTo === null || day < rule.effectiveTo)
  );
}

function localDay(ms: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}
