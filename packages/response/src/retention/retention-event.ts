import type { Done } from "../event.ts";

interface Reasoned extends Done {
  readonly reason: string;
}

interface RetentionSet extends Done {
  readonly days: number;
  /** Left out in events from before it was asked for. */
  readonly reason?: string;
}

interface ShredAsked extends Reasoned {
  readonly digest: string;
}

interface ShredApproved extends Done {
  readonly digest: string;
}

interface ShredDeclined extends Reasoned {
  readonly digest: string;
}

interface IncidentShredded extends Reasoned {
  /** Left out in events from before two had to agree. */
  readonly approvedBy?: readonly string[];
}

interface ShredCompleted extends Done {
  readonly events: number;
}

/** Of these `reason` stays when everything else goes: it must not say what was erased. */
export interface RetentionEventData {
  readonly "retention-set": RetentionSet;
  readonly "legal-hold-set": Reasoned;
  readonly "legal-hold-lifted": Reasoned;
  readonly "shred-asked": ShredAsked;
  readonly "shred-approved": ShredApproved;
  readonly "shred-declined": ShredDeclined;
  readonly "incident-shredded": IncidentShredded;
  readonly "shred-completed": ShredCompleted;
}
