import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Paragraph } from "./text.ts";

/** Why somebody does what can't be read off the rest. */
export const Because = Type.Object({ because: Paragraph }, { ...strict, title: "Because" });
export type Because = Static<typeof Because>;

const runPhases = [
  "draft",
  "proposed",
  "approved",
  "canary",
  "running",
  "paused",
  "completed",
  "rolled-back",
] as const;

const orders = orNull(Type.Object({ by: Type.String(), at: Type.String(), because: Type.String() }));

/** How far a plan with terms has come. */
export const Run = Type.Object(
  {
    phase: Type.Enum([...runPhases]),
    stage: Type.Integer({ minimum: 0, description: "from 0" }),
    step: Type.Integer({ description: "grows with everything that changes what the next bundle holds" }),
    pace: Type.Integer(),
    needsBundle: Type.Boolean({ description: "the bundle in force is not yet of this step" }),
    canaryInForceAt: orNull(Type.String()),
    wavesFrom: orNull(
      Type.String({ description: "when this stage's waves began; null before, and while they stand still" }),
    ),
    started: orNull(Signed),
    paused: orders,
    extended: Type.Array(Signed),
    until: orNull(Type.String()),
    completed: orders,
    rolledBack: orNull(Signed),
  },
  { title: "Run" },
);
export type Run = Static<typeof Run>;
