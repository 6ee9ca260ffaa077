import type { Duty, DutyClock, DutyRule } from "@cordon/response";

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
export function sourceWords({ state, source, conflicts }: DutyRule): string {
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

/** What a duty comes to now. */
export function dutyWords(duty: Duty): string {
  const { status, dueAt, leftMs, waitsFor, rule } = duty;
  if (status === "waiting") return `waits for ${waitsFor ?? "its start"}`;
  if (status === "no-deadline") return clockWords(rule.clock);
  if (leftMs !== null && dueAt !== null) {
    const unsure = duty.holidaysKnown === false ? ", holidays unknown" : "";
    return `${status}, ${leftWords(leftMs)} left, due ${dueAt} (last day ${duty.lastDay ?? ""} in ${rule.timeZone})${unsure}`;
  }
  return duty.doneAt === null ? status : `${status} ${duty.doneAt}`;
}
