import { Type, type Static } from "typebox";
import { OperatorRoles } from "./operator.ts";
import { Line } from "./text.ts";

/** The longest that an API token is good. */
export const tokenDaysMax = 366;

export const CreateToken = Type.Object(
  {
    label: Line,
    roles: Type.Optional(OperatorRoles),
    readOnly: Type.Optional(Type.Boolean({ description: "queries alone" })),
    days: Type.Integer({ minimum: 1, maximum: tokenDaysMax }),
  },
  {
    title: "CreateToken",
    additionalProperties: false,
    description: "a token of the operator who asks, limited to these roles of theirs; without roles to all",
  },
);
export type CreateToken = Static<typeof CreateToken>;

export const ApiToken = Type.Object(
  {
    id: Type.String(),
    operator: Type.String(),
    label: Type.String(),
    roles: OperatorRoles,
    readOnly: Type.Boolean(),
    createdAt: Type.String(),
    expiresAt: Type.String(),
    lastUsedAt: Type.Union([Type.String(), Type.Null()], { description: "to the minute" }),
    state: Type.Union([Type.Literal("active"), Type.Literal("expired"), Type.Literal("revoked")]),
  },
  { title: "ApiToken" },
);
export type ApiToken = Static<typeof ApiToken>;

export const ApiTokenList = Type.Object({ tokens: Type.Array(ApiToken) }, { title: "ApiTokenList" });
export type ApiTokenList = Static<typeof ApiTokenList>;

export const CreatedToken = Type.Object(
  {
    token: ApiToken,
    secret: Type.String({ description: "the bearer token; it is shown this once and kept nowhere" }),
  },
  { title: "CreatedToken" },
);
export type CreatedToken = Static<typeof CreatedToken>;
