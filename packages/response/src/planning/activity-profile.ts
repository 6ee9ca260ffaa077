import { ResponseError } from "../errors.ts";

export const hoursOfWeek = 168;
const hourMs = 3_600_000;

/** People who are alike in how often they come. */
export interface ActivityGroup {
  readonly people: number;
  /** Expected different people of the group who are seen in each hour of the week, from Monday 00:00 UTC; 168 numbers. */
  readonly backByHour: readonly number[];
}

/**
 * How people come back. Within a group, hours are taken to be independent; daily and rare visitors in groups of their own
 * make that truer, and one group of all makes the tail too short.
 */
export interface ActivityProfile {
  readonly groups: readonly ActivityGroup[];
  /**
   * Of the people of an hour so large a share is active at any one instant, and each of those meets a wave that opens within so
   * many seconds, for running apps ask often. Null: nobody is active when a wave opens.
   */
  readonly atOnce: { readonly share: number; readonly withinSeconds: number } | null;
}

/** 0 for Monday 00:00–01:00 UTC. The epoch began on a Thursday. */
export function hourOfWeek(atMs: number): number {
  const hour = Math.floor(atMs / hourMs) + 3 * 24;
  return ((hour % hoursOfWeek) + hoursOfWeek) % hoursOfWeek;
}

export function peopleOf(profile: ActivityProfile): number {
  return profile.groups.reduce((sum, group) => sum + group.people, 0);
}

/** The same habits of another number of people. */
export function profileFor(profile: ActivityProfile, people: number): ActivityProfile {
  const all = peopleOf(profile);
  const factor = all === 0 ? 0 : people / all;
  const groups = profile.groups.map((group) => ({
    people: group.people * factor,
    backByHour: group.backByHour.map((back) => back * factor),
  }));
  return { ...profile, groups };
}

/** Throws ERR_PROFILE with everything that is wrong. */
export function checkProfile({ groups, atOnce }: ActivityProfile): void {
  const faults: string[] = [];
  if (groups.length === 0) faults.push("the profile has no group");
  groups.forEach(({ people, backByHour }, i) => {
    if (!(people >= 0 && Number.isFinite(people)))
      faults.push(`group ${i} has ${people} people, expected 0 or more`);
    if (backByHour.length !== hoursOfWeek)
      faults.push(`group ${i} has ${backByHour.length} hours, expected ${hoursOfWeek}`);
    const hour = backByHour.findIndex((back) => !(back >= 0 && back <= people));
    if (hour >= 0)
      faults.push(
        `group ${i} has ${String(backByHour[hour])} people back in hour ${hour}, expected 0 to ${people}`,
      );
  });
  if (atOnce !== null && !(atOnce.share >= 0 && atOnce.share <= 1))
    faults.push(`a share of ${atOnce.share} is active at once, expected 0 to 1`);
  if (atOnce !== null && !(atOnce.withinSeconds >= 1 && atOnce.withinSeconds <= 3600))
    faults.push(`they meet a wave within ${atOnce.withinSeconds} s, expected 1 to 3600`);
  const [first, ...others] = faults;
  if (first !== undefined) throw new ResponseError("ERR_PROFILE", [first, ...others]);
}
