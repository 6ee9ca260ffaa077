import { dutiesOfIncident, dueSoonMs, isDueSoon, ResponseError, type Duty } from "@cordon/response";
import { worker } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { runCommand } from "../run-command.ts";

/** How long it waits at most: clocks are set anew, and timers take no more than 24 days. */
const lookEveryMaxMs = 60_000;

/** Whether any incident names a market, open or not: deadlines outlive the all clear. */
export function hasDuties(plane: Plane): boolean {
  return plane.record.incidents().some(({ duties }) => duties.markets.length > 0);
}

/**
 * Puts on record, once for each deadline, that a duty is due within `dueSoonMs`, and that its time is over, so that streams and the
 * timeline tell what no command has brought about. Resolves to when to look again, in ms; null when no clock runs.
 */
export async function watchDuties(plane: Plane): Promise<number | null> {
  await plane.record.catchUp();
  let nextMs: number | null = null;
  for (const incident of plane.record.incidents()) {
    const { incidentId } = incident;
    for (const duty of dutiesOfIncident(plane.duties, incident, plane.clock()).duties) {
      const what = duty.status === "overdue" ? "overdue" : isDueSoon(duty) ? "soon" : null;
      const rule = duty.rule.id;
      const isNoted = incident.duties.noted.some(
        (one) => one.rule === rule && one.what === what && one.dueAt === duty.dueAt,
      );
      if (what !== null && !isNoted) {
        await unlessRefused(
          runCommand(plane, {
            caller: worker,
            operation: "noteDuty",
            request: null,
            incidentId,
            command: () => ({ kind: "note-duty", rule, what }),
          }),
        );
      }
      const waitMs = untilChange(duty);
      if (waitMs !== null) nextMs = Math.min(nextMs ?? Infinity, waitMs);
    }
  }
  return nextMs === null ? null : Math.min(lookEveryMaxMs, Math.max(1, nextMs));
}

/** Until the duty is due soon, or overdue; null: time alone changes nothing. */
function untilChange({ status, leftMs }: Duty): number | null {
  if (status !== "running" || leftMs === null) return null;
  return leftMs > dueSoonMs ? leftMs - dueSoonMs : leftMs;
}

/** Somebody may have settled it meanwhile. */
async function unlessRefused(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
  }
}
