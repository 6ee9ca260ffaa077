import { canonicalJson } from "@cordon/model";
import type { Measure } from "../measure.ts";

/** What a plan would change against what is in force. */
export interface MeasureDifference {
  readonly measureId: string;
  readonly change: "new" | "changed" | "same" | "lifted";
}

/** By measure id: what comes in, in the plan's order, then what goes. */
export function differenceOf(inForce: readonly Measure[], next: readonly Measure[]): MeasureDifference[] {
  const now = new Map(inForce.map((measure) => [measure.id, textOf(measure)]));
  const ids = new Set(next.map((measure) => measure.id));
  return [
    ...next.map((measure): MeasureDifference => {
      const before = now.get(measure.id);
      const change = before === undefined ? "new" : before === textOf(measure) ? "same" : "changed";
      return { measureId: measure.id, change };
    }),
    ...inForce
      .filter((measure) => !ids.has(measure.id))
      .map((measure): MeasureDifference => ({ measureId: measure.id, change: "lifted" })),
  ];
}

function textOf(measure: Measure): string {
  const plain: unknown = JSON.parse(JSON.stringify(measure));
  return canonicalJson(plain);
}
