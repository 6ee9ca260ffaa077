import type { Journal } from "@cordon/journal-postgres";
import { incidentStream } from "../record/streams.ts";
import { namesPeople } from "./personal-fields.ts";
import type { Vault } from "./vault.ts";

const reasonLengthMax = 1000;

/**
 * Lets an incident's personal data go: every event of it that names people is erased, each by an entry that says so, and the key
 * that sealed them is forgotten. What was decided, when and by whom stays. Cut short at any moment, it can be done again. Resolves
 * to how many events were erased now. To be called only once it was decided.
 */
export async function eraseIncident(
  { journal, vault }: { readonly journal: Journal; readonly vault: Vault },
  incidentId: string,
  reason: string,
): Promise<number> {
  // Read as it rests: also what this server could not open names people.
  const events = await journal.read(incidentStream(incidentId));
  const personal = events.filter(
    (event) => event.erasedBy === null && (event.data === null || namesPeople(event.type, event.data)),
  );
  await journal.eraseAll(
    personal.map(({ seq }) => seq),
    `incident shredded: ${reason}`.slice(0, reasonLengthMax),
  );
  await vault.shred(incidentId);
  return personal.length;
}
