import type { IncidentEventType } from "../event.ts";
import type { Incident } from "../incident.ts";
import type { RetentionEventData } from "./retention-event.ts";
import type { Retention } from "./retention-state.ts";

type RetentionEvent = {
  readonly [T in keyof RetentionEventData]: { readonly type: T; readonly data: RetentionEventData[T] };
}[keyof RetentionEventData];

/** Events after which what was asked still stands as it was; a bundle is no word about the incident. */
const askedStands: ReadonlySet<IncidentEventType> = new Set([
  "shred-asked",
  "shred-approved",
  "shred-declined",
  "bundle-in-force",
]);

/** INVARIANT: whatever was written since nobody has agreed to let go. */
export function voidAskedShred(incident: Incident, type: IncidentEventType): Incident {
  const { retention } = incident;
  if (retention.asked === null || askedStands.has(type)) return incident;
  return { ...incident, retention: { ...retention, asked: null } };
}

export function evolveRetention(incident: Incident, event: RetentionEvent, atMs: number): Incident {
  const step = { by: event.data.by, atMs };
  const { retention } = incident;
  const next = (change: Partial<Retention>, what: string): Incident => {
    const steps = [...retention.steps, { ...step, what }];
    return { ...incident, retention: { ...retention, ...change, steps } };
  };
  switch (event.type) {
    case "retention-set": {
      const { days, reason } = event.data;
      const why = reason === undefined ? "" : `: ${reason}`;
      return next({ set: { ...step, days } }, `personal data kept for ${days} days after the end${why}`);
    }
    case "legal-hold-set": {
      const because = event.data.reason;
      return next({ hold: { ...step, because } }, `legal hold: ${because}`);
    }
    case "legal-hold-lifted":
      return next({ hold: null }, `legal hold lifted: ${event.data.reason}`);
    case "shred-asked": {
      const { reason: because, digest } = event.data;
      const asked = { ...step, because, digest, approvals: [], declined: null };
      return next({ asked, askings: retention.askings + 1 }, `shredding asked for: ${because}`);
    }
    case "shred-approved": {
      const { asked } = retention;
      if (asked === null) return incident;
      return next({ asked: { ...asked, approvals: [...asked.approvals, step] } }, "shredding approved");
    }
    case "shred-declined": {
      const { asked } = retention;
      const because = event.data.reason;
      if (asked === null) return incident;
      return next({ asked: { ...asked, declined: { ...step, because } } }, `shredding declined: ${because}`);
    }
    case "incident-shredded": {
      const { reason: because, approvedBy = [step.by] } = event.data;
      return next({ shredded: { ...step, because, approvedBy } }, `shredded: ${because}`);
    }
    case "shred-completed":
      return next({ erasedAtMs: atMs }, "personal data erased");
  }
}
