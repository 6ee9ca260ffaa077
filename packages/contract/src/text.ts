import { Type } from "typebox";

// What an operator or a client may write, each with its limit, so that nothing grows without one.

export const Instant = Type.String({
  title: "Instant",
  description: "RFC 3339 in UTC with `Z`, to the millisecond",
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$",
  examples: ["2014-05-27T12:00:00Z"],
});

export const Duration = Type.String({
  title: "Duration",
  description: "a whole number and s, m, h or d",
  pattern: "^\\d{1,9}[smhd]$",
  examples: ["72h"],
});

export const Digest = Type.String({
  title: "Digest",
  description: "SHA-256 as `sha256:` and 64 hexadecimal digits",
  pattern: "^sha256:[0-9a-f]{64}$",
});

export const AccountId = Type.String({ title: "AccountId", minLength: 1, maxLength: 512 });

/** The id that an operator gives to a measure; it becomes the id of the rule that enforcement points name. */
export const MeasureId = Type.String({
  title: "MeasureId",
  description: "becomes the rule's id in the bundle; the waves depend on it",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
  examples: ["reauth"],
});

export const Line = Type.String({
  title: "Line",
  minLength: 1,
  maxLength: 200,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
});
/** No NUL: PostgreSQL keeps none in text. */
export const Paragraph = Type.String({
  title: "Paragraph",
  minLength: 1,
  maxLength: 2000,
  pattern: "^[^\\u0000]+$",
});
/** The name of a person who answers for something. */
export const PersonName = Type.String({
  title: "PersonName",
  description: "who answers for it; without it the operator whose token is used",
  minLength: 1,
  maxLength: 100,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
});

export const IncidentId = Type.String({ title: "IncidentId", pattern: "^inc-[0-9a-f]{16}$" });
export const PlanId = Type.String({ title: "PlanId", pattern: "^plan-[0-9a-f]{16}$" });
export const NoticeId = Type.String({ title: "NoticeId", pattern: "^notice-[0-9a-f]{16}$" });
export const ClaimId = Type.String({ title: "ClaimId", pattern: "^claim-[0-9a-f]{16}$" });
