import { Errors } from "typebox/value";
import { DraftPlan } from "./plan.ts";

/** What is wrong with a plan that somebody wrote. */
export interface PlanFault {
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
}

/** The plan, or its deepest fault: of a union every branch finds fault, and the deepest place is the one that can be mended. */
export function parseDraftPlan(value: unknown): { readonly plan: DraftPlan } | { readonly fault: PlanFault } {
  const faults = [...Errors(DraftPlan, value)];
  if (faults.length === 0) return { plan: value as DraftPlan };
  const depth = (pointer: string): number => pointer.split("/").length;
  const telling = faults.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "boolean");
  const [first] = (telling.length > 0 ? telling : faults).toSorted(
    (a, b) => depth(b.instancePath) - depth(a.instancePath),
  );
  return {
    fault: { pointer: first?.instancePath ?? "", message: first?.message ?? "is not as the API has it" },
  };
}
