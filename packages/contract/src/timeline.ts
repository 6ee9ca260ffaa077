import { Type, type Static } from "typebox";
import { orNull } from "./shape.ts";

export const Timeline = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        at: Type.String(),
        by: Type.String(),
        what: Type.String(),
        about: orNull(Type.String({ description: "the id of what it is about; null: the incident" })),
      }),
    ),
    next: orNull(Type.String({ description: "the cursor of the next page; null: there is none" })),
  },
  { title: "Timeline" },
);
export type Timeline = Static<typeof Timeline>;
