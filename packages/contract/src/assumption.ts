import { Type, type Static } from "typebox";
import { Digest, PersonName } from "./text.ts";

export const AcceptAssumption = Type.Object(
  {
    answerDigest: Digest,
    assumption: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "one of the answer's `assumptions`",
    }),
    name: Type.Optional(PersonName),
  },
  { title: "AcceptAssumption", additionalProperties: false },
);
export type AcceptAssumption = Static<typeof AcceptAssumption>;

export const AcceptedAssumption = Type.Object(
  {
    answerDigest: Digest,
    assumption: Type.String(),
    name: PersonName,
    by: Type.String({ description: "the operator whose token was used" }),
    at: Type.String(),
  },
  { title: "AcceptedAssumption" },
);
export type AcceptedAssumption = Static<typeof AcceptedAssumption>;
