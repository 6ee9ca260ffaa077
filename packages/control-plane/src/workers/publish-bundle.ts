import { JournalError } from "@cordon/journal-postgres";
import { formatInstant } from "@cordon/model";
import type { BundlePutInForce, Incident, PlanPhase, PlanState } from "@cordon/response";
import { buildBundle } from "../build-bundle.ts";
import type { ReadyMembers } from "../exact-cohorts.ts";
import type { Plane } from "../plane.ts";
import { compilePlans, type PlanToPublish } from "../policy/compile-plans.ts";
import { resolveCohort } from "../policy/resolve-cohort.ts";
import { bundleStream } from "../record/streams.ts";
import { plain } from "../run-command.ts";

interface OwnedPlan {
  readonly incident: Incident;
  readonly plan: PlanState;
}

/** Phases in which a plan's measures belong into the next bundle. */
const wanted: ReadonlySet<PlanPhase> = new Set(["approved", "in-force", "lift-proposed"]);

function plansIn(plane: Plane, phases: ReadonlySet<PlanPhase>): OwnedPlan[] {
  return plane.record
    .incidents()
    .flatMap((incident) =>
      incident.plans.filter((plan) => phases.has(plan.phase)).map((plan) => ({ incident, plan })),
    );
}

/** Plans that wait for a bundle, with them or without them. */
function plansWaiting(plane: Plane): OwnedPlan[] {
  return plansIn(plane, new Set<PlanPhase>(["approved", "lift-approved"]));
}

/** Whether the bundle that the journal names last is not the one that is served. */
function servesAnother(plane: Plane): boolean {
  const last = plane.record.bundle();
  return last !== null && plane.bundles.served?.version !== last.version;
}

/** Whether there is something to publish, as far as the record has been read. */
export function needsBundle(plane: Plane): boolean {
  return plansWaiting(plane).length > 0 || servesAnother(plane);
}

/**
 * Puts the next bundle in force when a plan waits for it, or when the last one's bytes were lost. Can be cut short at
 * any moment: until the journal has the bundle nothing has happened, and from then on the next run finishes it.
 * Resolves to whether there may be more to do.
 */
export async function publishBundle(plane: Plane): Promise<boolean> {
  await plane.record.catchUp();
  const last = plane.record.bundle();
  const bytesLost = servesAnother(plane) && !(await plane.bundles.recover(last));
  if (plansWaiting(plane).length === 0 && !bytesLost) return false;

  // 1. What is approved now; what is approved from here on belongs to the bundle after this one.
  const lifted = plansIn(plane, new Set<PlanPhase>(["lift-approved"]));
  const plans = plansIn(plane, wanted);
  // 2. The directory, anew. Nobody who had an account at `asOf` is missing in it.
  const { asOfMs } = await plane.directory.refresh();
  const asOf = formatInstant(asOfMs);
  // 3. A plan that was in force keeps the instant of its first bundle.
  // Each event of the stream is one bundle, also one that was erased: no version comes again.
  const version = plane.record.streamVersion(bundleStream) + 1;
  const cutoffOf = (plan: PlanState): string => plan.inForce?.cutoff ?? asOf;
  const toPublish = plans.map(({ plan }): PlanToPublish => ({
    measures: plan.measures,
    cutoff: cutoffOf(plan),
  }));
  const { policy, cohorts } = compilePlans(version, toPublish);
  // 4. Who is in the cohorts, as the directory has it now.
  const members = new Map<string, ReadyMembers>();
  const counts = new Map<string, number>();
  for (const { incident, plan } of plans) {
    for (const [name, { measureId, cohort }] of cohorts) {
      if (!plan.measures.some((measure) => measure.id === measureId)) continue;
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
  await plane.bundles.stage(version, bytes);
  // 6. INVARIANT: a version is in force with one digest only; the journal takes the first and refuses the second.
  const rules = plans.flatMap(({ plan }) => plan.measures.map(({ id, measure }) => ({ id, measure })));
  const data: BundlePutInForce = {
    version,
    sha256,
    bytes: bytes.length,
    asOf,
    rules,
    plans: plans.map(({ incident, plan }) => ({
      incidentId: incident.incidentId,
      planId: plan.planId,
      cutoff: cutoffOf(plan),
      cohorts: Object.fromEntries(
        plan.measures.flatMap(({ id }) => (counts.has(id) ? [[id, counts.get(id) ?? 0]] : [])),
      ),
    })),
    lifted: lifted.map(({ incident, plan }) => ({ incidentId: incident.incidentId, planId: plan.planId })),
  };
  try {
    await plane.journal.append(bundleStream, plane.record.streamVersion(bundleStream), [
      { type: "bundle-in-force", data: plain(data) },
    ]);
  } catch (error) {
    // Another control plane was first: its bundle is the one, and what is left to do is looked at again.
    if (error instanceof JournalError && error.code === "ERR_JOURNAL_CONFLICT") return true;
    throw error;
  }
  // 7. Only a recorded bundle is served.
  await plane.bundles.putInForce(version, sha256, bytes);
  await plane.record.catchUp();
  return true;
}
