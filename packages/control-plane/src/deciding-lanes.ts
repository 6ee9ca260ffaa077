import type { IncidentCommand } from "@cordon/response";
import { Lane } from "./lane.ts";

/** Commands that are decided on their own incident alone: what others decide meanwhile elsewhere makes no difference to them. */
const ownKinds: ReadonlySet<IncidentCommand["kind"]> = new Set([
  "open-incident",
  "record-answer",
  "accept-assumption",
  "make-claim",
  "record-decision",
  "move-incident",
  "reopen-incident",
  "set-severity",
  "grant-role",
  "revoke-role",
  "add-note",
  "add-task",
  "finish-task",
  "attach-file",
  "set-duty-markets",
  "record-duty-event",
  "mark-duty-done",
  "waive-duty",
  "reopen-duty",
  "extend-duty",
  "toll-duty",
  "note-duty",
  "set-retention",
  "set-legal-hold",
  "lift-legal-hold",
  "ask-shred",
  "approve-shred",
  "decline-shred",
  "complete-shred",
]);

/**
 * Commands are decided and recorded one after the other where one must see the other: within an incident, and all that look at
 * the plans of every incident. The rest go side by side, so that the journal writes many of them under one checkpoint. A command
 * that was overtaken all the same is decided anew: the journal takes an append only at the version that was decided on.
 */
export class DecidingLanes {
  readonly #plans = new Lane();
  readonly #incidents = new Map<string, { readonly lane: Lane; waiting: number }>();

  /** Before or after every other that is run so. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#plans.run(work);
  }

  /** As a command of this kind on this incident. */
  async runIn<T>(incidentId: string, kind: IncidentCommand["kind"], work: () => Promise<T>): Promise<T> {
    if (!ownKinds.has(kind)) return this.#plans.run(work);
    const own = this.#incidents.get(incidentId) ?? { lane: new Lane(), waiting: 0 };
    this.#incidents.set(incidentId, own);
    own.waiting += 1;
    try {
      return await own.lane.run(work);
    } finally {
      own.waiting -= 1;
      if (own.waiting === 0) this.#incidents.delete(incidentId);
    }
  }

  /** Resolves once everything that has come so far has ended. */
  async idle(): Promise<void> {
    await Promise.all([this.#plans.idle(), ...[...this.#incidents.values()].map(({ lane }) => lane.idle())]);
  }
}
