import type { ApprovalLimits } from "@cordon/contract";
import { decideLimits, type LimitsCommand } from "@cordon/response";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { readApprovalLimits } from "../queries/read-approval-limits.ts";
import { limitsStream } from "../record/streams.ts";
import { plain } from "../run-command.ts";

/** Decides and records a command on the limits of approvals. Throws ResponseError, and JournalError where another server was first. */
export async function commandOnLimits(
  plane: Plane,
  { operator, scope }: Caller,
  command: LimitsCommand,
): Promise<ApprovalLimits> {
  await plane.deciding.run(async () => {
    await plane.record.catchUp();
    const events = decideLimits(plane.record.limits(), command, {
      operator,
      ...(scope === undefined ? {} : { scope }),
      nowMs: plane.clock(),
      takenMeasures: new Map(),
      roles: await plane.operators.roles(),
    });
    await plane.journal.append(
      limitsStream,
      plane.record.streamVersion(limitsStream),
      events.map(({ type, data }) => ({ type, data: plain(data) })),
    );
  });
  return readApprovalLimits(plane);
}
