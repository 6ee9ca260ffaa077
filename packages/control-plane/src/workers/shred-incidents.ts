import { worker } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { runCommand } from "../run-command.ts";
import { eraseIncident } from "../vault/erase-incident.ts";
import { withLease } from "./with-lease.ts";

/** How long to wait while another server is at it. */
const leasePauseMs = 1000;

/**
 * Lets go what was decided to be let go. Cut short at any moment, it goes on where it was. `cleared`: incidents of which this home
 * has no file left. Resolves to when to look again, in ms; null: when woken.
 */
export async function shredIncidents(
  plane: Plane,
  {
    owner,
    signal,
    cleared,
  }: { readonly owner: string; readonly signal: AbortSignal; readonly cleared: Set<string> },
): Promise<number | null> {
  await plane.record.catchUp();
  let nextMs: number | null = null;
  for (const { incidentId, retention } of plane.record.incidents()) {
    if (retention.shredded === null || signal.aborted) continue;
    // Each server has files of its own, whoever lets the rest go.
    if (!cleared.has(incidentId)) await clearFiles(plane, incidentId);
    cleared.add(incidentId);
    if (retention.erasedAtMs !== null) continue;
    const { because } = retention.shredded;
    const held = await withLease(
      plane.journal.leases,
      { name: `shred/${incidentId}`, owner, signal },
      async () => {
        const events = await eraseIncident(plane, incidentId, because);
        await runCommand(plane, {
          caller: worker,
          operation: "completeShred",
          request: { events },
          incidentId,
          command: () => ({ kind: "complete-shred", events }),
        });
      },
    );
    if (!held) nextMs = leasePauseMs;
  }
  return nextMs;
}

async function clearFiles(plane: Plane, incidentId: string): Promise<void> {
  const files = plane.record.incident(incidentId)?.attachments ?? [];
  const others = plane.record.incidents().filter((one) => one.incidentId !== incidentId);
  await plane.attachments.removeAll(incidentId, files, (sha256) =>
    others.some(({ attachments }) => attachments.some((file) => file.sha256 === sha256)),
  );
}
