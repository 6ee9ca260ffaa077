import { noAdvice, type Duty, type DutyClock, type DutyRule } from "@cordon/response";
import type { CordonClient } from "@cordon/sdk";

type ServedDuties = Awaited<ReturnType<CordonClient["readDuties"]>>;

/** A clock in a few words. */
export function clockWords(clock: DutyClock): string {
  switch (clock.unit) {
    case "none":
      return clock.words;
    case "business-days":
      return `${clock.count} business days (${clock.calendar})`;
    case "hours":
    case "calendar-days":
    case "calendar-months":
      return `${clock.count} ${clock.unit.replace("-", " ")}`;
  }
}

/** Where a rule comes from, and how far it can be relied on. */
export function sourceWords({
  state,
  source,
  conflicts,
}: Pick<DutyRule, "state" | "source" | "conflicts">): string {
  const others = conflicts.map(({ says, source: other }) => `${other}: ${says}`);
  return [`${state} (${source.read}): ${source.title}`, ...others].join("; ");
}

/** `2 d 03:04` left, `-0 d 01:00` overdue. */
function leftWords(leftMs: number): string {
  const minutes = Math.floor(Math.abs(leftMs) / 60_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(minutes / 1440);
  return `${leftMs < 0 ? "-" : ""}${days} d ${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** What a duty that nobody has settled comes to now. */
export function dutyWords(
  duty: Pick<Duty, "status" | "dueAt" | "leftMs" | "waitsFor" | "holidaysKnown" | "lastDay"> & {
    readonly rule: Pick<DutyRule, "clock" | "timeZone">;
  },
): string {
  const { status, dueAt, leftMs, waitsFor, rule } = duty;
  if (status === "waiting") return `waits for ${waitsFor ?? "its start"}`;
  if (status === "no-deadline") return clockWords(rule.clock);
  if (leftMs !== null && dueAt !== null) {
    const unsure = duty.holidaysKnown === false ? ", holidays unknown" : "";
    return `${status}, ${leftWords(leftMs)} left, due ${dueAt} (last day ${duty.lastDay ?? ""} in ${rule.timeZone})${unsure}`;
  }
  return status;
}

/** A server's duties for people. */
export function toldDuties(served: ServedDuties): {
  readonly document: ServedDuties;
  readonly lines: readonly string[];
} {
  const { markets, marketsWithoutRules, unknownRules, starts, duties } = served;
  const lines = [
    noAdvice,
    markets.length === 0 ? "No market is named yet." : `Markets: ${markets.join(", ")}`,
    ...marketsWithoutRules.map((market) => `${market}: no rule is known, which is not that there is none`),
    ...unknownRules.map((rule) => `${rule}: recorded, and not among this server's rules`),
    ...starts.map(startWords),
    ...duties.flatMap((duty) => [
      `${duty.rule.id}  ${settledWords(duty) ?? dutyWords(duty)}${duty.soon ? "  DUE SOON" : ""}`,
      `  ${duty.rule.law}, to ${duty.rule.to}: ${duty.rule.applies}`,
      ...(duty.rule.contents.length === 0 ? [] : [`  must say: ${duty.rule.contents.join(", ")}`]),
      `  ${sourceWords(duty.rule)}`,
    ]),
  ];
  return { document: served, lines };
}

function startWords({ event, at, name, because, recorded, stands }: ServedDuties["starts"][number]): string {
  const why = because === null ? "" : `: ${because}`;
  return `${event} ${at}, as ${name} decided (recorded ${recorded.at} by ${recorded.by})${stands ? "" : ", replaced"}${why}`;
}

function settledWords({ status, settled }: ServedDuties["duties"][number]): string | null {
  if (settled === null) return null;
  if (settled.outcome === "not-applicable")
    return `does not apply, as ${settled.name} decided: ${settled.because}`;
  return `${status} ${settled.at} by ${settled.name}: ${settled.reference}`;
}

/** The fields of an authority's form, and what is open about it. */
export function formLines(form: {
  readonly fields: readonly {
    readonly article: string;
    readonly field: string;
    readonly text: string | null;
  }[];
  readonly inPhases: boolean;
  readonly reasonsForDelayNeeded: boolean;
}): string[] {
  return [
    ...form.fields.map(({ article, field, text }) => `${article}  ${field}: ${text ?? "(missing)"}`),
    ...(form.inPhases ? ["Something is missing: a first phase (33(4))."] : []),
    ...(form.reasonsForDelayNeeded ? ["It is late: reasons for the delay are needed (33(1))."] : []),
  ];
}
