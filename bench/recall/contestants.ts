import type { Contestant } from "../rounds.ts";
import type { Fleet, Recall } from "./fleet.ts";
import { msBetween, nowNs } from "./messages.ts";
import type { Postgres } from "./postgres.ts";
import type { ReadyCohort } from "./ready-cohort.ts";
import type { Redis } from "./redis.ts";

/** What every contestant must have brought about. */
const exact = "all of the cohort, nobody else";

export function fleetContestants(
  fleet: Fleet,
  note: (cohort: "ready" | "query", recall: Recall) => void,
): readonly Contestant[] {
  const recall = (cohort: "ready" | "query") => async () => {
    const made = await fleet.recall(cohort);
    note(cohort, made);
    const answer = made.right ? exact : "wrong";
    return { milliseconds: made.milliseconds, answer, peakRssBytes: null };
  };
  return [
    { name: "cordon, ready cohort, 4 processes", run: recall("ready") },
    { name: "cordon, from the query, 4 processes", run: recall("query") },
    {
      name: "floor: the same bytes to 4 processes, unread",
      isFloor: true,
      run: async () => ({ milliseconds: await fleet.fetchOnly(), answer: "", peakRssBytes: null }),
    },
  ];
}

interface Way {
  readonly clear: () => Promise<void>;
  readonly act: () => Promise<void>;
  readonly refuses: (ordinal: number) => Promise<boolean>;
  readonly count: () => Promise<number>;
}

/** The clock runs from the decision until another connection is told that a recalled account is refused. */
function contestant(name: string, cohort: ReadyCohort, way: Way): Contestant {
  return {
    name,
    run: async () => {
      await way.clear();
      const fromNs = nowNs();
      await way.act();
      const refused = await way.refuses(cohort.recalled);
      const milliseconds = msBetween(fromNs, nowNs());
      const right =
        refused && !(await way.refuses(cohort.spared)) && (await way.count()) === cohort.ordinals.length;
      return { milliseconds, answer: right ? exact : "wrong", peakRssBytes: null };
    },
  };
}

export function redisContestants(redis: Redis, cohort: ReadyCohort): readonly Contestant[] {
  const clear = () => redis.clear();
  return [
    contestant("redis, SADD of a ready list", cohort, {
      clear,
      act: () => redis.addMembers(cohort),
      refuses: async (ordinal) => (await redis.isMember(ordinal)) === 1,
      count: () => redis.members(),
    }),
    contestant("redis, SET of a ready bitmap", cohort, {
      clear,
      act: () => redis.setBitmap(cohort),
      refuses: async (ordinal) => (await redis.hasBit(ordinal)) === 1,
      count: () => redis.bits(),
    }),
  ];
}

export function postgresContestants(postgres: Postgres, cohort: ReadyCohort): readonly Contestant[] {
  return [
    contestant("postgresql, UPDATE of a revoked flag", cohort, {
      clear: () => postgres.unrevoke(),
      act: () => postgres.revoke(),
      refuses: (account) => postgres.isRevoked(account),
      count: () => postgres.count("session WHERE revoked"),
    }),
    contestant("postgresql, COPY into a keyed denylist", cohort, {
      clear: () => postgres.uncopy(),
      act: () => postgres.copy(),
      refuses: (account) => postgres.isDenied(account),
      count: () => postgres.count("denied"),
    }),
  ];
}
