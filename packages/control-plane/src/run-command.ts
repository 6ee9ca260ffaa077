import { JournalError } from "@cordon/journal-postgres";
import { isJsonObject, type JsonObject } from "@cordon/model";
import {
  decide,
  type CommandMark,
  type Incident,
  type IncidentCommand,
  type IncidentEvent,
} from "@cordon/response";
import type { Caller } from "./caller.ts";
import { digestOf } from "./digest.ts";
import { ControlPlaneError } from "./errors.ts";
import type { Plane } from "./plane.ts";
import type { RememberedCommand } from "./record/command-memory.ts";
import { incidentStream } from "./record/streams.ts";

/** How often a command is decided anew because somebody else appended to the incident meanwhile. */
const decisionsMax = 20;

interface CommandRun {
  readonly caller: Caller;
  /** What is asked for, for the digest that a repeated key must match. */
  readonly operation: string;
  readonly request: unknown;
  readonly incidentId: string;
  /** True when the command opens the incident. */
  readonly opens?: boolean;
  /** Made anew for every decision. What is slow belongs here: it runs before the incident is read. */
  readonly command: () => IncidentCommand | Promise<IncidentCommand>;
  /** Adds events that need more than the incident to be made. */
  readonly complete?: (events: readonly IncidentEvent[]) => Promise<readonly IncidentEvent[]>;
}

/** What a command came to: its incident afterwards, and its first event. */
interface CommandOutcome {
  readonly incident: Incident;
  readonly event: IncidentEvent;
}

/**
 * Decides a command and records its events; resolves once a signed checkpoint covers them. The same key acts once:
 * a repetition, also after a crash, gets what the first one came to. Throws ResponseError, ControlPlaneError, JournalError.
 */
export async function runCommand(plane: Plane, run: CommandRun): Promise<CommandOutcome> {
  const { operator, idempotencyKey } = run.caller;
  if (idempotencyKey === null) return execute(plane, run, null);
  const mark: CommandMark = {
    key: idempotencyKey,
    requestDigest: digestOf({
      operation: run.operation,
      incident: run.opens === true ? null : run.incidentId,
      request: run.request,
    }),
  };
  const name = `${operator}\n${idempotencyKey}\n${mark.requestDigest}`;
  const first = plane.underWay.get(name);
  // A repetition of what is under way waits for it and is then answered from the record.
  if (first !== undefined) await first.catch(() => undefined);
  const attempt = repeatOrExecute(plane, run, mark);
  plane.underWay.set(name, attempt);
  try {
    return await attempt;
  } finally {
    if (plane.underWay.get(name) === attempt) plane.underWay.delete(name);
  }
}

async function repeatOrExecute(plane: Plane, run: CommandRun, mark: CommandMark): Promise<CommandOutcome> {
  await plane.record.catchUp();
  const before = plane.record.command(run.caller.operator, mark.key);
  return before === null ? execute(plane, run, mark) : repeated(plane, before, mark);
}

function repeated(plane: Plane, before: RememberedCommand, mark: CommandMark): CommandOutcome {
  if (before.requestDigest !== mark.requestDigest) {
    throw new ControlPlaneError(
      "ERR_PLANE_KEY_REUSED",
      `the key \`${mark.key}\` came with another request before`,
      {
        hint: "use a new key for a new command",
      },
    );
  }
  return { incident: requireIncident(plane, before.incidentId), event: before.event };
}

async function execute(plane: Plane, run: CommandRun, mark: CommandMark | null): Promise<CommandOutcome> {
  await plane.record.catchUp();
  if (run.opens !== true) requireIncident(plane, run.incidentId);
  const command = await run.command();
  const { operator, scope } = run.caller;
  const outcome = await plane.deciding.runIn(run.incidentId, command.kind, async () => {
    for (let n = 1; ; n++) {
      await plane.record.catchUp();
      const before = mark === null ? null : plane.record.command(run.caller.operator, mark.key);
      if (before !== null && mark !== null) return repeated(plane, before, mark);
      const decided = decide(plane.record.incident(run.incidentId), command, {
        operator,
        ...(scope === undefined ? {} : { scope }),
        nowMs: plane.clock(),
        duties: plane.duties,
        takenMeasures: plane.record.takenMeasures(),
        approvalRules: plane.record.limits().rules,
        // Asked for with every decision: who lost a role a moment ago has lost it.
        roles: await plane.operators.roles(),
      });
      const events = run.complete === undefined ? decided : await run.complete(decided);
      const stream = incidentStream(run.incidentId);
      try {
        await plane.journal.append(stream, plane.record.streamVersion(stream), events.map(toJournal(mark)));
      } catch (error) {
        if (!(error instanceof JournalError) || error.code !== "ERR_JOURNAL_CONFLICT") throw error;
        if (n < decisionsMax) continue;
        throw new ControlPlaneError("ERR_PLANE_BUSY", `\`${run.incidentId}\` changes too fast to decide`, {
          cause: error,
        });
      }
      await plane.record.catchUp();
      const [event] = events;
      if (event === undefined) throw new TypeError("a command without events");
      return { incident: requireIncident(plane, run.incidentId), event };
    }
  });
  plane.wake();
  return outcome;
}

/** The mark stands on a command's first event, so that it is recorded exactly when the command is. */
function toJournal(
  mark: CommandMark | null,
): (event: IncidentEvent, index: number) => { type: string; data: JsonObject } {
  return ({ type, data }, index) => ({
    type,
    data: plain(mark === null || index > 0 ? data : { ...data, command: mark }),
  });
}

/** As JSON has it: fields that are undefined are left out. */
export function plain(value: object): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(copy)) throw new TypeError("an event's data must be a JSON object");
  return copy;
}

/** Throws ERR_PLANE_NOT_FOUND. */
export function requireIncident(plane: Plane, incidentId: string): Incident {
  const incident = plane.record.incident(incidentId);
  if (incident === null)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no incident \`${incidentId}\``);
  return incident;
}
