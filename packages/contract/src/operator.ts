import { Type, type Static } from "typebox";
import { Line } from "./text.ts";

/** What an operator may do. No role includes another; `response` says which command needs which. */
export const operatorRoles = ["viewer", "investigator", "responder", "approver", "administrator"] as const;
export type OperatorRole = (typeof operatorRoles)[number];

/** Who may call an operation: operators by their roles, and the enforcement points. */
export const roles = [...operatorRoles, "enforcement"] as const;
export type Role = (typeof roles)[number];

/** An operator's action: by whom and when. */
export const Signed = Type.Object(
  { by: Type.String({ description: "the operator" }), at: Type.String({ description: "instant" }) },
  { title: "Signed" },
);
export type Signed = Static<typeof Signed>;

/** Under which an operator's decisions go on record. It never changes and never becomes another person's. */
export const OperatorName = Type.String({
  title: "OperatorName",
  pattern: "^[a-z0-9][a-z0-9._@-]{0,63}$",
  examples: ["astrid.ek"],
});

export const OperatorRoles = Type.Array(
  Type.Union([
    Type.Literal("viewer"),
    Type.Literal("investigator"),
    Type.Literal("responder"),
    Type.Literal("approver"),
    Type.Literal("administrator"),
  ]),
  { title: "OperatorRoles", maxItems: 5, uniqueItems: true, description: "no role includes another" },
);

export const Operator = Type.Object(
  {
    name: Type.String(),
    displayName: Type.String(),
    roles: OperatorRoles,
    signsIn: Type.Union([Type.Literal("token"), Type.Literal("passkey"), Type.Literal("issuer")], {
      description: "by a token in HOME, by passkeys, or by OpenID Connect",
    }),
    state: Type.Union([Type.Literal("active"), Type.Literal("invited"), Type.Literal("revoked")]),
    passkeys: Type.Integer({ minimum: 0 }),
    invitedUntil: Type.Union([Type.String(), Type.Null()], {
      description: "until when the operator's one-time link is good; null without one",
    }),
  },
  { title: "Operator" },
);
export type Operator = Static<typeof Operator>;

export const OperatorList = Type.Object({ operators: Type.Array(Operator) }, { title: "OperatorList" });
export type OperatorList = Static<typeof OperatorList>;

export const InviteOperator = Type.Object(
  {
    name: OperatorName,
    displayName: Type.Optional(Line),
    roles: Type.Optional(OperatorRoles),
  },
  {
    title: "InviteOperator",
    additionalProperties: false,
    description:
      "a new operator with these roles; without roles a new link for one who is there, whose passkeys end when it is used",
  },
);
export type InviteOperator = Static<typeof InviteOperator>;

export const Invitation = Type.Object(
  {
    operator: Operator,
    link: Type.String({ description: "opened once, in the browser that will keep the passkey; shown once" }),
    until: Type.String({ description: "instant" }),
  },
  { title: "Invitation" },
);
export type Invitation = Static<typeof Invitation>;

export const SetOperatorRoles = Type.Object(
  { roles: OperatorRoles },
  { title: "SetOperatorRoles", additionalProperties: false },
);
export type SetOperatorRoles = Static<typeof SetOperatorRoles>;
