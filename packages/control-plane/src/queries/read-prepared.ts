import { inspectBundle } from "@cordon/bundle";
import type { Prepared } from "@cordon/contract";
import { canonicalJson, formatInstant, isJsonObject, type Json } from "@cordon/model";
import type { Plane } from "../plane.ts";
import { bundleTrust, keyIdOf } from "../trust/bundle-trust.ts";
import { preparedBytes } from "../trust/prepared-bundle.ts";
import { signedView } from "./signed-view.ts";

const noLimit = { bundleBytesMax: 2 ** 32 - 1 };

/** The bundle that waits for signatures, as its bytes say it, against the one in force. */
export async function readPrepared(plane: Plane): Promise<Prepared> {
  await plane.record.catchUp();
  const prepared = plane.record.prepared();
  const root = await bundleTrust(plane.home);
  const bytes = prepared === null ? null : await preparedBytes(plane, prepared);
  if (prepared === null || root === null || bytes === null) return { prepared: null };
  const bundle = inspectBundle(bytes, noLimit);
  const served = plane.bundles.served;
  const inForce = served === null ? null : inspectBundle(served.bytes, noLimit);
  const { data, contentSha256, atMs, signatures } = prepared;
  return {
    prepared: {
      version: data.version,
      sha256: contentSha256,
      bytes: bytes.length,
      asOf: data.asOf,
      preparedAt: formatInstant(atMs),
      rules: data.rules.map((rule) => ({ ...rule })),
      cohorts: Object.assign({}, ...data.plans.map((plan) => plan.cohorts)) as Record<string, number>,
      difference: differenceOf(rulesIn(inForce?.policy ?? null), rulesIn(bundle.policy)),
      plans: data.plans.map(({ incidentId, planId }) => ({ incidentId, planId })),
      lifted: data.lifted.map((plan) => ({ ...plan })),
      threshold: root.bundleThreshold,
      keyIds: root.bundleKeys.map(keyIdOf),
      signatures: [
        ...bundle.signedBy.map((keyId) => ({ keyId, signed: null })),
        ...signatures.map((one) => ({ keyId: one.keyId, signed: signedView(one) })),
      ],
    },
  };
}

/** The bytes that signatures are over; null when none waits. */
export async function readPreparedBundle(plane: Plane): Promise<Uint8Array | null> {
  await plane.record.catchUp();
  const prepared = plane.record.prepared();
  return prepared === null ? null : preparedBytes(plane, prepared);
}

/** Rules by id, each as one text. */
function rulesIn(policy: unknown): ReadonlyMap<string, string> {
  const rules = isJsonObject(policy) ? policy["rules"] : null;
  const list: readonly Json[] = Array.isArray(rules) ? rules : [];
  return new Map(list.map((rule) => [idOf(rule), canonicalJson(rule)]));
}

function idOf(rule: Json): string {
  const id = isJsonObject(rule) ? rule["id"] : null;
  return typeof id === "string" ? id : "";
}

type Change = "new" | "changed" | "same" | "lifted";

function differenceOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { ruleId: string; change: Change }[] {
  const changes = [...after].map(([ruleId, text]) => {
    const was = before.get(ruleId);
    const change: Change = was === undefined ? "new" : was === text ? "same" : "changed";
    return { ruleId, change };
  });
  const gone = [...before.keys()].filter((ruleId) => !after.has(ruleId));
  return [...changes, ...gone.map((ruleId) => ({ ruleId, change: "lifted" as const }))];
}
