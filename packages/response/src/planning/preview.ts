import { formatInstant, parseDuration, parseInstant } from "@cordon/model";
import { ResponseError } from "../errors.ts";
import type { Measure, Rollout } from "../measure.ts";
import { isExposure } from "../run/plan-terms.ts";
import { checkProfile, hourOfWeek, profileFor, type ActivityProfile } from "./activity-profile.ts";
import { differenceOf, type MeasureDifference } from "./difference.ts";
import { expectedLoad, type ExpectedLoad, type Opening } from "./expected-load.ts";
import { sessionHoursLeft } from "./session-hours.ts";

const hourMs = 3_600_000;
/** The longest that a preview looks ahead. */
const hoursMax = 2 * 8760;

type Counts = { readonly [name: string]: number };

/** What the directory has of one measure's cohort. */
export interface MeasureCounts {
  readonly measureId: string;
  readonly people: number;
  readonly byMarket: Counts;
  readonly byPlatform: Counts;
  /** Of an upgrade: people with an installation below the version, by its store. */
  readonly byStore: Counts;
  /** People of the cohort who meet the same already through what is in force. */
  readonly alreadyMeet: number;
  /** Sessions of the cohort that may be in an intruder's hands. */
  readonly exposedSessions: number;
}

export interface PreviewRequest {
  readonly measures: readonly Measure[];
  readonly inForce: readonly Measure[];
  readonly counts: readonly MeasureCounts[];
  readonly profile: ActivityProfile;
  readonly basePerSecond: readonly number[] | null;
  readonly signInsPerSecondMax: number | null;
  /** How many of a thousand who sign in, or download, ask the support desk. */
  readonly contactsPerThousand: { readonly signIns: number; readonly downloads: number };
  /** When the measures are expected to come into force, and when the preview was made. */
  readonly fromMs: number;
  readonly nowMs: number;
  /** How far it looks. */
  readonly hours: number;
}

export interface PreviewHour {
  readonly from: string;
  readonly signIns: number;
  readonly signInsPerSecondPeak: number;
  readonly downloads: number;
  readonly supportContacts: number;
}

export interface MeasurePreview {
  readonly measureId: string;
  readonly people: number;
  /** Of those, who meet nothing of the kind yet. */
  readonly newPeople: number;
  readonly byMarket: Counts;
  readonly byPlatform: Counts;
  readonly byStore: Counts;
  /** Of an upgrade: people whose store has no time at which it has the new version. They can't be asked for it. */
  readonly cannotMeet: number;
  readonly exposedSessions: number;
  readonly sessionHoursLeft: number;
}

/** What a plan would do, before it is done. Expectations, as far as the profile and the counts go. */
export interface Preview {
  readonly measures: readonly MeasurePreview[];
  readonly difference: readonly MeasureDifference[];
  readonly hours: readonly PreviewHour[];
  /** At most: somebody whom two measures ask to sign in counts for both. */
  readonly signInsPerSecondPeak: number;
  readonly isWithinBudget: boolean | null;
  readonly warnings: readonly string[];
}

/** Throws ERR_PROFILE for a request that can't be previewed. */
export function previewOf(request: PreviewRequest): Preview {
  checkRequest(request);
  const measures = request.measures.map((measure) => measurePreview(measure, request));
  const hours = hoursOf(request);
  const peak = hours.reduce((max, hour) => Math.max(max, hour.signInsPerSecondPeak), 0);
  const max = request.signInsPerSecondMax;
  const warnings = request.measures.flatMap((measure) => warningsOf(measure, request));
  if (max !== null && peak > max)
    warnings.push(`up to ${peak.toFixed(1)} sign-ins a second are expected, the budget is ${max}`);
  return {
    measures,
    difference: differenceOf(request.inForce, request.measures),
    hours,
    signInsPerSecondPeak: peak,
    isWithinBudget: max === null ? null : peak <= max,
    warnings,
  };
}

function checkRequest(request: PreviewRequest): void {
  checkProfile(request.profile);
  const { fromMs, hours, measures } = request;
  if (!Number.isSafeInteger(hours) || hours < 1 || hours > hoursMax)
    throw new ResponseError("ERR_PROFILE", [`the preview is of ${hours} h, expected 1 to ${hoursMax}`]);
  if (!Number.isSafeInteger(fromMs)) throw new ResponseError("ERR_PROFILE", ["the beginning is no instant"]);
  for (const { id } of measures) {
    if (countsOf(id, request) === undefined)
      throw new ResponseError("ERR_PROFILE", [`nobody has counted whom \`${id}\` is for`]);
  }
}

function countsOf(measureId: string, { counts }: PreviewRequest): MeasureCounts | undefined {
  return counts.find((one) => one.measureId === measureId);
}

function measurePreview(measure: Measure, request: PreviewRequest): MeasurePreview {
  const counts = countsOf(measure.id, request);
  if (counts === undefined) throw new TypeError("a measure without counts");
  const { measureId, people, byMarket, byPlatform, byStore, exposedSessions, alreadyMeet } = counts;
  const leadMs = Math.max(0, request.fromMs - request.nowMs);
  return {
    measureId,
    people,
    newPeople: Math.max(0, people - alreadyMeet),
    byMarket,
    byPlatform,
    byStore,
    cannotMeet: storesOf(measure, byStore)
      .filter(({ availableMs }) => availableMs === null)
      .reduce((sum, store) => sum + store.people, 0),
    exposedSessions,
    sessionHoursLeft: endsSessions(measure)
      ? sessionHoursLeft(exposedSessions, rolloutOf(measure), leadMs)
      : 0,
  };
}

function warningsOf(measure: Measure, request: PreviewRequest): string[] {
  const counts = countsOf(measure.id, request);
  if (counts === undefined) return [];
  const warnings: string[] = [];
  if (
    endsSessions(measure) &&
    !isExposure(measure) &&
    rolloutOf(measure) !== null &&
    counts.exposedSessions > 0
  ) {
    const left = sessionHoursLeft(counts.exposedSessions, rolloutOf(measure), 0);
    warnings.push(
      `\`${measure.id}\` opens in waves for ${counts.exposedSessions} exposed sessions: an intruder would be left ${left.toFixed(0)} session-hours`,
    );
  }
  for (const { store, people, availableMs } of storesOf(measure, counts.byStore)) {
    if (availableMs === null && people > 0)
      warnings.push(
        `\`${measure.id}\` can't be required of ${people} people: \`${store}\` has no new version`,
      );
  }
  return warnings;
}

function endsSessions(measure: Measure): boolean {
  return measure.measure === "reauthenticate";
}

function rolloutOf(measure: Measure): Rollout | null {
  return "rollout" in measure ? (measure.rollout ?? null) : null;
}

/** Of an upgrade: its people by store, and when they can have the new version; null: never, as things stand. */
function storesOf(
  measure: Measure,
  byStore: Counts,
): { readonly store: string; readonly people: number; readonly availableMs: number | null }[] {
  if (measure.measure !== "upgrade") return [];
  return Object.entries(byStore).map(([store, people]) => {
    const available = measure.stores?.[store]?.available;
    return { store, people, availableMs: available === undefined ? null : parseInstant(available) };
  });
}

/** What is added up of one measure: sign-ins or downloads of so many people from an opening on. */
interface Contribution {
  readonly kind: "signIns" | "downloads";
  readonly load: ExpectedLoad;
}

function contributionsOf(measure: Measure, request: PreviewRequest): Contribution[] {
  const counts = countsOf(measure.id, request);
  if (counts === undefined) return [];
  const { fromMs, hours, profile } = request;
  const untilMs = fromMs + hours * hourMs;
  const of = (people: number, opening: Opening): ExpectedLoad =>
    expectedLoad(profileFor(profile, people), opening, untilMs);
  const newPeople = Math.max(0, counts.people - counts.alreadyMeet);
  const opening = openingOf(measure, fromMs);
  switch (measure.measure) {
    case "reauthenticate":
    case "change_password":
      return [{ kind: "signIns", load: of(newPeople, opening) }];
    case "redownload":
      return [{ kind: "downloads", load: of(newPeople, opening) }];
    case "upgrade":
      return storesOf(measure, counts.byStore).flatMap(({ people, availableMs }) => {
        if (availableMs === null) return [];
        const beginMs = Math.max(fromMs, availableMs);
        return [{ kind: "downloads", load: of(people, { fromMs: beginMs, overMs: 0, waves: 1 }) }];
      });
    case "refuse_client":
      return [];
  }
}

function openingOf(measure: Measure, fromMs: number): Opening {
  const rollout = rolloutOf(measure);
  if (rollout === null) return { fromMs, overMs: 0, waves: 1 };
  const begin = rollout.from === undefined ? null : parseInstant(rollout.from);
  return {
    fromMs: Math.max(fromMs, begin ?? fromMs),
    overMs: parseDuration(rollout.over) ?? 0,
    waves: rollout.waves,
  };
}

function hoursOf(request: PreviewRequest): PreviewHour[] {
  const { fromMs, hours, basePerSecond, contactsPerThousand } = request;
  const firstMs = Math.floor(fromMs / hourMs) * hourMs;
  const table = Array.from({ length: hours + 1 }, (_, i) => ({
    fromMs: firstMs + i * hourMs,
    signIns: 0,
    perSecond: basePerSecond?.[hourOfWeek(firstMs + i * hourMs)] ?? 0,
    downloads: 0,
  }));
  for (const { kind, load } of request.measures.flatMap((measure) => contributionsOf(measure, request))) {
    for (const hour of load.hours) {
      const row = table[(hour.fromMs - firstMs) / hourMs];
      if (row === undefined) continue;
      row[kind] += hour.expected;
      if (kind === "signIns") row.perSecond += hour.perSecondPeak;
    }
  }
  return table.map(({ fromMs: at, signIns, perSecond, downloads }) => ({
    from: formatInstant(at),
    signIns,
    signInsPerSecondPeak: perSecond,
    downloads,
    supportContacts:
      (signIns * contactsPerThousand.signIns + downloads * contactsPerThousand.downloads) / 1000,
  }));
}
