import { Type, type Static } from "typebox";

/** Who may call an operation: two operators, so that nobody approves alone, and the enforcement points. */
export const roles = ["author", "approver", "enforcement"] as const;
export type Role = (typeof roles)[number];

/** An operator's action: by whom and when. */
export const Signed = Type.Object(
  { by: Type.String({ description: "the operator" }), at: Type.String({ description: "instant" }) },
  { title: "Signed" },
);
export type Signed = Static<typeof Signed>;
