import type { AccessLogLine } from "@cordon/overture";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountIdOf } from "../src/population/population.ts";
import { GateTally } from "../src/report/gate-tally.ts";

function line(index: number, more: Partial<AccessLogLine>): AccessLogLine {
  return {
    t: 0,
    action: "play",
    account: accountIdOf(index),
    inst: "i",
    allow: true,
    directives: [],
    rules: [],
    bundle: 1,
    platform: "android",
    store: "google-play",
    version: "1.0.9",
    offlineEpoch: null,
    authTime: 1,
    ...more,
  };
}

/** One person each who signs in again, upgrades, downloads again, is refused, is left alone. */
const story: readonly AccessLogLine[] = [
  line(0, { t: 1, allow: false, directives: ["reauthenticate"], rules: ["certain"] }),
  line(0, {
    t: 2,
    action: "token",
    kind: "refresh",
    allow: false,
    directives: ["reauthenticate"],
    rules: ["certain"],
  }),
  line(0, { t: 3, authTime: 3 }),
  line(1, { t: 1, directives: ["upgrade?"], rules: ["up"] }),
  line(1, { t: 2, version: "1.1.0" }),
  line(2, { t: 1, version: "1.1.0", directives: ["redownload"], rules: ["again"], offlineEpoch: 1 }),
  line(2, { t: 2, version: "1.1.0", offlineEpoch: 2 }),
  line(3, {
    t: 1,
    allow: false,
    directives: ["refuse_client", "upgrade"],
    rules: ["trusted", "up"],
    version: null,
  }),
  line(4, { t: 1 }),
  line(5, { t: 1, allow: false, directives: ["reauthenticate"], rules: ["certain"] }),
];

function tally(lines: readonly AccessLogLine[]): GateTally {
  const result = new GateTally({ accounts: 6, offlineEpoch: 2 });
  for (const each of lines) result.add(each);
  return result;
}

describe("the tally of access logs", () => {
  it("counts people by what they were told and then showed", () => {
    expect(tally(story).figures()).toMatchObject({
      reauthenticated: 1,
      upgraded: 1,
      redownloaded: 1,
      refused: 1,
      undisturbed: 1,
      seen: 6,
      leftOver: { reauthenticate: 1, upgrade: 0, redownload: 0 },
      refusedYetPlayed: 0,
      playingInTheEnd: 4,
    });
  });

  it("comes to the same in whatever order the instances' lines are read", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...story], { minLength: story.length }), (shuffled) => {
        const { peopleByRule, ...figures } = tally(shuffled).figures();
        const { peopleByRule: expectedByRule, ...expected } = tally(story).figures();
        expect(figures).toEqual(expected);
        expect(Object.fromEntries(peopleByRule)).toEqual(Object.fromEntries(expectedByRule));
      }),
    );
  });

  it("does not take an upgrade that nobody asked for as one that was obeyed", () => {
    expect(tally([line(0, { version: "1.1.0" })]).figures()).toMatchObject({ upgraded: 0, undisturbed: 1 });
  });

  it("finds a refused client that plays later", () => {
    const played = tally([
      line(3, { t: 1, allow: false, directives: ["refuse_client"], rules: ["trusted"] }),
      line(3, { t: 2 }),
    ]);
    expect(played.figures().refusedYetPlayed).toBe(1);
  });

  it("leaves decoys and strangers out of every count of people", () => {
    expect(tally([line(0, { account: "canary-0017" }), line(0, { account: null })]).figures()).toMatchObject({
      seen: 0,
      decisions: 2,
    });
  });
});
