import type { Journal } from "@cordon/journal-postgres";
import type { JsonObject } from "@cordon/model";
import type { Incident } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { IncidentRecord } from "../record/incident-record.ts";
import { incidentStream } from "../record/streams.ts";
import { namesPeople } from "./personal-fields.ts";
import { reasonsToKeep, retentionOf, retentionStream, type Retention } from "./retention.ts";
import type { Vault } from "./vault.ts";

/** What deciding on an incident's personal data takes. */
export interface VaultPlace {
  readonly journal: Journal;
  readonly record: IncidentRecord;
  readonly vault: Vault;
  readonly clock: () => number;
}

const daysMax = 36_500;
const wordsMax = 1000;

export async function readRetention(place: VaultPlace, incidentId: string): Promise<Retention> {
  return retentionOf(await place.journal.read(retentionStream(incidentId)));
}

/** Decides how many whole days after its closing the incident's personal data is kept. Throws ControlPlaneError. */
export async function setRetention(
  place: VaultPlace,
  incidentId: string,
  { by, days }: { readonly by: string; readonly days: number },
): Promise<Retention> {
  if (!Number.isSafeInteger(days) || days < 0 || days > daysMax)
    throw refused(`\`${days}\` days, expected 0 to ${daysMax}`);
  return decided(place, incidentId, "retention-set", { by: words("by", by), days });
}

/** From now on nothing of the incident goes, whatever its retention. Throws ControlPlaneError. */
export async function setLegalHold(
  place: VaultPlace,
  incidentId: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<Retention> {
  return decided(place, incidentId, "legal-hold-set", {
    by: words("by", by),
    reason: words("reason", reason),
  });
}

/** Throws ControlPlaneError, also where no hold stands. */
export async function liftLegalHold(
  place: VaultPlace,
  incidentId: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<Retention> {
  if ((await readRetention(place, incidentId)).hold === null) throw refused("no legal hold stands");
  return decided(place, incidentId, "legal-hold-lifted", {
    by: words("by", by),
    reason: words("reason", reason),
  });
}

/**
 * Lets an incident's personal data go: every event of it that names people is erased, each by an entry that says so, and the key
 * that sealed them is forgotten. What was decided, when and by whom stays. Cut short at any moment, it can be asked for again.
 * Throws ERR_PLANE_RETENTION with every reason that forbids it.
 */
export async function shredIncident(
  place: VaultPlace,
  incidentId: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<{ readonly events: number }> {
  const { journal, vault } = place;
  const told = { by: words("by", by), reason: words("reason", reason) };
  const incident = await incidentOf(place, incidentId);
  const retention = await readRetention(place, incidentId);
  const reasons = reasonsToKeep(incident, retention, place.clock());
  if (reasons.length > 0) throw refused(`\`${incidentId}\` is kept: ${reasons.join("; ")}`);
  // Read as it rests: also what this server could not open names people.
  const events = await journal.read(incidentStream(incidentId));
  const personal = events.filter(
    (event) => event.erasedBy === null && (event.data === null || namesPeople(event.type, event.data)),
  );
  // The decision comes first: whoever finds half of it done knows what was meant.
  if (retention.shreddedAtMs === null) {
    await journal.append(retentionStream(incidentId), "any", [
      { type: "incident-shredded", data: { ...told, incidentId, events: personal.length } },
    ]);
  }
  await journal.eraseAll(
    personal.map(({ seq }) => seq),
    `incident shredded: ${told.reason}`.slice(0, wordsMax),
  );
  await vault.shred(incidentId);
  return { events: personal.length };
}

async function decided(
  place: VaultPlace,
  incidentId: string,
  type: string,
  data: JsonObject,
): Promise<Retention> {
  await incidentOf(place, incidentId);
  await place.journal.append(retentionStream(incidentId), "any", [{ type, data: { ...data, incidentId } }]);
  return readRetention(place, incidentId);
}

async function incidentOf({ record }: VaultPlace, incidentId: string): Promise<Incident> {
  await record.catchUp();
  const incident = record.incident(incidentId);
  if (incident === null)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no incident \`${incidentId}\``);
  return incident;
}

function words(name: string, text: string): string {
  if (text.trim() === "" || text.length > wordsMax)
    throw refused(`no ${name} given, expected 1 to ${wordsMax} characters`);
  return text;
}

function refused(what: string): ControlPlaneError {
  return new ControlPlaneError("ERR_PLANE_RETENTION", what);
}
