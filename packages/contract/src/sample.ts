import { Type, type Static } from "typebox";
import { orNull, strict } from "./shape.ts";
import { Instant, Line } from "./text.ts";

/** The newest values of watched rates. A sample replaces the rate's last one unless it is older. */
export const ReportSamples = Type.Object(
  {
    samples: Type.Array(
      Type.Object(
        { rate: Line, value: Type.Number(), at: Type.Optional(orNull(Instant)) },
        { ...strict, description: "without `at` it was measured now" },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { ...strict, title: "ReportSamples" },
);
export type ReportSamples = Static<typeof ReportSamples>;

export const Samples = Type.Object(
  { samples: Type.Array(Type.Object({ rate: Type.String(), value: Type.Number(), at: Type.String() })) },
  { title: "Samples" },
);
export type Samples = Static<typeof Samples>;
