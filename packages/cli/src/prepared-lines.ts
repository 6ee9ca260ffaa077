import type { PreparedBundle } from "@cordon/contract";

/** What a prepared bundle does, for whoever is about to sign it. */
export function preparedLines(bundle: PreparedBundle): string[] {
  const { version, sha256, rules, cohorts, difference, plans, lifted, signatures, threshold } = bundle;
  return [
    `bundle ${version}, sha256 ${sha256} of what is signed, directory as of ${bundle.asOf}`,
    ...plans.map(({ planId }) => `holds plan ${planId}`),
    ...lifted.map(({ planId }) => `takes plan ${planId} back`),
    ...rules.map(({ id, measure }) => `rule ${id}: ${measure} for ${cohorts[id] ?? "every"} accounts`),
    ...difference
      .filter(({ change }) => change !== "same")
      .map(({ ruleId, change }) => `against the bundle in force: ${ruleId} ${change}`),
    `${signatures.length} of ${threshold} signatures: ${signatures.map((one) => one.signed?.by ?? "control plane").join(", ")}`,
  ];
}
