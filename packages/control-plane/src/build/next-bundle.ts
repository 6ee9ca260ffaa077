import { formatInstant } from "@cordon/model";
import { measuresNow, type BundlePutInForce, type PlanState } from "@cordon/response";
import { buildBundle } from "../build-bundle.ts";
import type { ReadyMembers } from "../exact-cohorts.ts";
import type { Plane } from "../plane.ts";
import { compilePlans, type PlanToPublish } from "../policy/compile-plans.ts";
import { resolveCohort } from "../policy/resolve-cohort.ts";
import { plansToLift, plansWanted, type OwnedPlan } from "../policy/wanted-plans.ts";
import { bundleStream } from "../record/streams.ts";

interface NextBundle {
  /** With the control plane's signature alone. */
  readonly bytes: Uint8Array;
  readonly data: BundlePutInForce;
}

/** Builds the bundle of everything that is approved now. Records nothing. Throws what the directory and the build throw. */
export async function buildNextBundle(plane: Plane): Promise<NextBundle> {
  // 1. What is approved now; what is approved from here on belongs to the bundle after this one.
  const { record } = plane;
  const lifted = plansToLift(record);
  const plans = plansWanted(record);
  // Each event of the stream is one bundle, also one that was erased: no version comes again.
  const version = record.streamVersion(bundleStream) + 1;
  // 2. The directory, anew. Nobody who had an account at `asOf` is missing in it.
  const { asOfMs } = await plane.directory.refresh();
  const asOf = formatInstant(asOfMs);
  // 3. A plan that was in force keeps the instant of its first bundle; of a run only what it has come to is held.
  const cutoffOf = (plan: PlanState): string => plan.inForce?.cutoff ?? asOf;
  const held = plans.map(({ incident, plan }) => ({ incident, plan, measures: measuresNow(plan) }));
  const toPublish = held.map(({ plan, measures }): PlanToPublish => ({ measures, cutoff: cutoffOf(plan) }));
  const { policy, cohorts } = compilePlans(version, toPublish);
  // 4. Who is in the cohorts, as the directory has it now.
  const members = new Map<string, ReadyMembers>();
  const counts = new Map<string, number>();
  for (const { incident, measures } of held) {
    for (const [name, { measureId, cohort }] of cohorts) {
      if (!measures.some((measure) => measure.id === measureId)) continue;
      const asked = await plane.directory.directory.cohortBitmap(resolveCohort(cohort, incident));
      members.set(name, { ordinals: asked.bitmap });
      counts.set(measureId, asked.members);
    }
  }
  // 5. The bundle, signed.
  const { bytes, sha256 } = await buildBundle({
    policy,
    members,
    accounts: () => plane.directory.directory.accountsInBulk(),
    asOfMs,
    expiresAtMs: null,
    by: "account",
    privateKeyPem: plane.bundleKeys.privateKeyPem,
  });
  const data: BundlePutInForce = {
    version,
    sha256,
    bytes: bytes.length,
    asOf,
    rules: held.flatMap(({ measures }) => measures.map(({ id, measure }) => ({ id, measure }))),
    plans: held.map(({ incident, plan, measures }) => ({
      incidentId: incident.incidentId,
      planId: plan.planId,
      cutoff: cutoffOf(plan),
      cohorts: Object.fromEntries(
        measures.flatMap(({ id }) => (counts.has(id) ? [[id, counts.get(id) ?? 0]] : [])),
      ),
      ...(plan.run === null ? {} : { runStep: plan.run.step }),
    })),
    lifted: lifted.map(namesOf),
  };
  return { bytes, data };
}

function namesOf({ incident, plan }: OwnedPlan): { incidentId: string; planId: string } {
  return { incidentId: incident.incidentId, planId: plan.planId };
}
