import { Type, type Static } from "typebox";
import { Paragraph, PersonName } from "./text.ts";

/** Something that no log shows and that a named person answers for: "no increased risk for anybody else". */
export const RecordDecision = Type.Object(
  { statement: Paragraph, because: Paragraph, name: Type.Optional(PersonName) },
  { title: "RecordDecision", additionalProperties: false },
);
export type RecordDecision = Static<typeof RecordDecision>;

export const Decision = Type.Object(
  { statement: Paragraph, because: Paragraph, name: PersonName, by: Type.String(), at: Type.String() },
  { title: "Decision" },
);
export type Decision = Static<typeof Decision>;
