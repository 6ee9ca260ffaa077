import { incidentEventTypes, type IncidentEvent, type LimitsEvent } from "@cordon/response";
import type { RecordedEvent } from "@cordon/journal-postgres";

/**
 * The event of an incident that the journal holds; null for one that was erased or that is none of them. The journal
 * gives back what this package appended, so its data is taken to be of its type.
 */
export function incidentEventOf({ type, data }: RecordedEvent): IncidentEvent | null {
  if (data === null || !incidentEventTypes.has(type)) return null;
  const event: unknown = { type, data };
  return event as IncidentEvent;
}

/** The event of the approvals' limits; null for one that was erased. */
export function limitsEventOf({ type, data }: RecordedEvent): LimitsEvent | null {
  if (data === null) return null;
  const event: unknown = { type, data };
  return event as LimitsEvent;
}
