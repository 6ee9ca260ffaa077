import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Digest, IncidentId, Line, Paragraph } from "./text.ts";

export const SetRetention = Type.Object(
  {
    days: Type.Integer({
      minimum: 0,
      maximum: 36_500,
      description: "whole days after the incident was closed",
    }),
    because: Paragraph,
  },
  { ...strict, title: "SetRetention" },
);
export type SetRetention = Static<typeof SetRetention>;

export const ApproveShred = Type.Object(
  { digest: Digest },
  { ...strict, title: "ApproveShred", description: "`digest`: as the incident's `retention.asked` has it" },
);
export type ApproveShred = Static<typeof ApproveShred>;

export const DeclineShred = Type.Object(
  { digest: Digest, because: Paragraph },
  { ...strict, title: "DeclineShred" },
);
export type DeclineShred = Static<typeof DeclineShred>;

const Reasoned = Type.Object({ by: Type.String(), at: Type.String(), because: Type.String() });

/** How long an incident's personal data is kept, what forbids that it goes, and whether it has gone. */
export const Retention = Type.Object(
  {
    days: orNull(
      Type.Integer({ description: "whole days after the incident was closed; null: not decided" }),
    ),
    set: orNull(Signed),
    keptUntil: orNull(
      Type.String({ description: "instant; null while the incident is open or nothing was decided" }),
    ),
    hold: orNull(Reasoned),
    keptBecause: Type.Array(Type.String(), {
      description: "what forbids that the personal data goes now; empty: nothing does, or it has gone",
    }),
    asked: orNull(
      Type.Object({
        asked: Signed,
        because: Type.String(),
        digest: Digest,
        needed: Type.Integer({ description: "how many must agree, without whoever asked" }),
        approvals: Type.Array(Signed),
        declined: orNull(Reasoned),
      }),
    ),
    shredded: orNull(
      Type.Object({
        at: Type.String(),
        because: Type.String(),
        approvedBy: Type.Array(Type.String()),
        erasedAt: orNull(Type.String({ description: "instant; null while it is under way" })),
      }),
    ),
  },
  { title: "Retention" },
);
export type Retention = Static<typeof Retention>;

/** Closed incidents whose personal data should be looked at. */
export const DueData = Type.Object(
  {
    due: Type.Array(
      Type.Object({
        incident: IncidentId,
        title: Line,
        closedAt: Type.String(),
        keptUntil: orNull(Type.String({ description: "null: nobody has decided how long" })),
        keptBecause: Type.Array(Type.String(), { description: "empty: it may be let go now" }),
        asked: Type.Boolean({ description: "shredding waits for approvals" }),
      }),
    ),
    next: orNull(Type.String({ description: "the cursor of the next page; null: there is none" })),
  },
  { title: "DueData" },
);
export type DueData = Static<typeof DueData>;
