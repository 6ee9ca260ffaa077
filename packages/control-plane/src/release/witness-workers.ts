import type { Witness } from "@cordon/journal-postgres";
import type { Plane } from "../plane.ts";
import { withLease } from "../workers/with-lease.ts";
import { Worker } from "../workers/worker.ts";

/** A witness is asked no more often, whatever is appended: the newest checkpoint says all that those before it say. */
const askEveryMs = 1000;
const leasePauseMs = 1000;

/**
 * One worker for each witness, so that one that hangs holds up neither the others nor a command. Among the servers of a
 * database one asks.
 */
export function witnessWorkers(
  plane: Plane,
  given: {
    readonly witnesses: readonly Witness[];
    readonly owner: string;
    readonly onNote: (note: string) => void;
  },
): readonly Worker[] {
  const { owner, onNote } = given;
  return given.witnesses.map((witness) => {
    const name = `witness/${witness.key.name}`;
    return new Worker({
      name,
      async run(signal) {
        await withLease(plane.journal.leases, { name, owner, signal }, async (whileHeld) => {
          await plane.journal.cosignatures.ask(witness, { fetch: globalThis.fetch, signal: whileHeld });
        });
        return leasePauseMs;
      },
      onFailure: (_, error) => onNote(error instanceof Error ? error.message : String(error)),
      firstDelayMs: askEveryMs,
    });
  });
}
