import type { Decision, Directive } from "@cordon/gate";
import { measures } from "@cordon/gate";
import fc from "fast-check";
import { expect, test } from "vitest";

import { stricter } from "../src/guarded-request.ts";

const directive = (measure: (typeof measures)[number]): fc.Arbitrary<Directive | null> =>
  fc.option(
    measure === "upgrade"
      ? fc.boolean().map((required): Directive => ({ measure, rule: `r-${measure}`, required }))
      : fc.constant<Directive>({ measure, rule: `r-${measure}`, required: true }),
  );

const decision: fc.Arbitrary<Decision> = fc.tuple(...measures.map(directive)).map((drawn) => {
  const directives = drawn.filter((each) => each !== null);
  return {
    allow: !directives.some(({ measure, required }) => required && measure !== "redownload"),
    directives,
  };
});

test("what a client claims takes no directive away, makes none softer, and lets nobody in", () => {
  fc.assert(
    fc.property(decision, decision, (vouched, claimed) => {
      const both = stricter(vouched, claimed);
      for (const { measure, required } of [...vouched.directives, ...claimed.directives]) {
        const kept = both.directives.find((each) => each.measure === measure);
        expect(kept).toBeDefined();
        if (required) expect(kept?.required).toBe(true);
      }
      expect(both.allow).toBe(vouched.allow && claimed.allow);
      expect(both.directives.map(({ measure }) => measures.indexOf(measure))).toEqual(
        both.directives.map(({ measure }) => measures.indexOf(measure)).toSorted((a, b) => a - b),
      );
    }),
  );
});
