import type { Measure, PlanTerms } from "@cordon/contract";
import { formatInstant, type AppStore } from "@cordon/model";
import { certainUsersPasswordBeforeMs, type Population } from "../population/population.ts";
import { fixedVersion } from "../population/segments.ts";
import { storeLinks } from "../population/store-links.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import type { ScaledTime } from "./scaled-time.ts";

/** The rules of one drill by what they are for. A rule's id belongs to one plan for ever, so each drill of a home has its own. */
export interface DrillRules {
  readonly affected: string;
  readonly certain: string;
  readonly exposed: string;
  readonly upgrade: string;
  readonly redownload: string;
  readonly trusted: string;
}

/** `number` counts the drills of a home from 1. */
export function drillRules(number: number): DrillRules {
  const id = (name: string) => `drill-${number}-${name}`;
  return {
    affected: id("affected"),
    certain: id("certain-users"),
    exposed: id("exposed-sessions"),
    upgrade: id("android-upgrade"),
    redownload: id("offline-playlists"),
    trusted: id("trusted-stores"),
  };
}

/** The epoch from which offline playlists count as taken anew. */
export const offlineEpoch = 2;
const waves = 24;
/** People of the service itself, who go first. */
const canaryPeopleMax = 20;
const android = { platform: "android" };

/** What a change takes from its recording to every gate. */
const publishTakesMs = 1500;

/** How the plan is run: some go first, then waves open, until all are open. */
export function terms(population: Population, time: ScaledTime): PlanTerms {
  const people = Math.min(canaryPeopleMax, population.accounts);
  const accounts = Array.from({ length: people }, (_, index) => population.person(index).accountId);
  return { canary: { cohort: { accounts }, forMs: time.canaryMs }, publishTakesMs };
}

interface MeasureInput {
  readonly rules: DrillRules;
  readonly answerDigest: string;
  readonly truth: HiddenTruth;
  readonly time: ScaledTime;
  readonly nowMs: number;
}

/** The plan of the reference incident: what each group of people meets. */
export function measures({ rules, answerDigest, truth, time, nowMs }: MeasureInput): Measure[] {
  const over = `${time.wavesSeconds}s`;
  const since = formatInstant(nowMs);
  // What comes later is counted from when the canary is expected to be over.
  const laterMs = nowMs + time.canaryMs + publishTakesMs;
  const plan: Measure[] = [
    { id: rules.affected, measure: "reauthenticate", cohort: { answer: answerDigest }, because: "exposure" },
    {
      id: rules.certain,
      measure: "reauthenticate",
      cohort: { directory: { passwordSetBefore: formatInstant(certainUsersPasswordBeforeMs) } },
      because: "precaution",
      rollout: { over, waves },
    },
  ];
  if (truth.exposed.length > 0) {
    const accounts = truth.exposed.map((person) => person.accountId);
    plan.push({ id: rules.exposed, measure: "reauthenticate", cohort: { accounts }, because: "exposure" });
  }
  plan.push(
    {
      id: rules.upgrade,
      measure: "upgrade",
      where: android,
      below: fixedVersion,
      required: formatInstant(laterMs + time.requiredAfterMs),
      stores: {
        "google-play": { available: since, ...linkOf("google-play") },
        website: { available: since, ...linkOf("website") },
        "amazon-appstore": {
          available: formatInstant(laterMs + time.lastStoreAfterMs),
          ...linkOf("amazon-appstore"),
        },
      },
    },
    {
      id: rules.redownload,
      measure: "redownload",
      where: android,
      cohort: { directory: { platform: "android", hasOffline: true } },
      epoch: offlineEpoch,
      from: fixedVersion,
      rollout: { over, waves },
    },
    {
      id: rules.trusted,
      measure: "refuse_client",
      where: android,
      trusted: ["google-play", "amazon-appstore", "website"],
    },
  );
  return plan;
}

function linkOf(store: AppStore): { link: string } | Record<string, never> {
  const link = storeLinks[store];
  return link === null ? {} : { link };
}
