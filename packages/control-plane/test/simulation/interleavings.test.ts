import { ResponseError } from "@cordon/response";
import { JournalError } from "@cordon/journal-postgres";
import {
  advanceRun,
  askApproval,
  declineApproval,
  draftPlan,
  editPlan,
  giveApproval,
  openIncident,
  pauseRun,
  promoteRun,
  resumeRun,
  startRun,
  ControlPlaneError,
  type Caller,
  type Plane,
} from "@cordon/control-plane";
import { describe, expect, test } from "vitest";
import { needsBundle, publishBundle } from "../../src/workers/publish-bundle.ts";
import { watchRuns } from "../../src/workers/watch-runs.ts";
import { FakeDisk, roles, startPlane } from "./fake-world.ts";
import { FakeJournal } from "./fake-journal.ts";
import { approvalFaults, markFaults, versionFaults, waveFaults } from "./oracle.ts";
import { Scheduler, seededRandom } from "./scheduler.ts";

/** `CORDON_SEEDS=5000` for a longer look. */
const seeds = 300;
const commandsEach = 14;

interface Outcome {
  readonly by: string;
  readonly key: string;
  readonly done: boolean;
}

const measures = (below: number) => [
  {
    id: "reauth",
    measure: "reauthenticate" as const,
    cohort: { accounts: ["u-0", "u-1", "u-2", "u-3", "u-4", "u-5"] },
    rollout: { over: `${below}m`, waves: 3 },
  },
];
const terms = {
  canary: { cohort: { accounts: ["u-0"] }, forMs: 1 },
  limits: [{ rate: "failures", atMost: 0.5, silenceMs: 60_000 }],
  publishTakesMs: 3_600_000,
};

/** One world by its seed: two operators who write, two who approve, three workers on two servers that die and start again. */
async function simulate(seed: number) {
  const random = seededRandom(seed);
  const scheduler = new Scheduler(random);
  const journal = new FakeJournal(scheduler, random);
  const disk = new FakeDisk();
  const sample = () => (random() < 0.1 ? 1 : 0.1);
  const world = { journal, scheduler, random, disk, sample };
  const servers: [Plane, Plane] = [startPlane(world), startPlane(world)];
  const outcomes: Outcome[] = [];
  const state = { ended: false };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  /** As the SDK does it: the same key until something is known. */
  const act = async (
    by: string,
    run: (plane: Plane, caller: Caller) => Promise<unknown>,
  ): Promise<boolean> => {
    const key = `k${outcomes.length}-${Math.floor(random() * 1e9)}`;
    for (;;) {
      const caller = { operator: by, roles: roles.get(by) ?? [], idempotencyKey: key };
      try {
        await run(pick(servers), caller);
        outcomes.push({ by, key, done: true });
        return true;
      } catch (error) {
        if (error instanceof JournalError) continue;
        if (error instanceof ControlPlaneError && error.code === "ERR_PLANE_BUSY") continue;
        if (!(error instanceof ResponseError) && !(error instanceof ControlPlaneError)) throw error;
        // What is refused once may have been done by the attempt before, whose answer was lost: then it is on record.
        outcomes.push({ by, key, done: isRecorded(by, key) });
        return false;
      }
    }
  };
  const isRecorded = (by: string, key: string): boolean =>
    journal.events.some(
      ({ data }) => data?.["by"] === by && (data["command"] as { key?: string } | undefined)?.key === key,
    );

  const ids = { incident: "", plan: "" };
  const asked = () => {
    const plan = servers[0].record.incident(ids.incident)?.plans.find((one) => one.planId === ids.plan);
    return { digest: plan?.asked?.digest ?? `sha256:${"0".repeat(64)}` };
  };
  type Command = (plane: Plane, caller: Caller) => Promise<unknown>;
  const writing: readonly Command[] = [
    (plane, caller) => askApproval(plane, caller, ids.incident, ids.plan, { act: "plan" }),
    (plane, caller) => askApproval(plane, caller, ids.incident, ids.plan, { act: "plan" }),
    (plane, caller) => startRun(plane, caller, ids.incident, ids.plan),
    (plane, caller) => startRun(plane, caller, ids.incident, ids.plan),
    (plane, caller) => promoteRun(plane, caller, ids.incident, ids.plan),
    (plane, caller) => promoteRun(plane, caller, ids.incident, ids.plan),
    (plane, caller) => advanceRun(plane, caller, ids.incident, ids.plan),
    (plane, caller) => pauseRun(plane, caller, ids.incident, ids.plan, { because: "b" }),
    (plane, caller) => resumeRun(plane, caller, ids.incident, ids.plan, { because: "b" }),
    (plane, caller) => resumeRun(plane, caller, ids.incident, ids.plan, { because: "b" }),
    (plane, caller) =>
      askApproval(plane, caller, ids.incident, ids.plan, {
        act: "extension",
        because: "b",
        extension: { pace: 2, until: null },
      }),
    (plane, caller) => askApproval(plane, caller, ids.incident, ids.plan, { act: "lift", because: "b" }),
    (plane, caller) => editPlan(plane, caller, ids.incident, ids.plan, { measures: measures(5), terms }),
  ];
  const approving: readonly Command[] = [
    ...Array.from(
      { length: 8 },
      (): Command => (plane, caller) => giveApproval(plane, caller, ids.incident, ids.plan, asked()),
    ),
    (plane, caller) => declineApproval(plane, caller, ids.incident, ids.plan, { ...asked(), because: "b" }),
    (plane, caller) => pauseRun(plane, caller, ids.incident, ids.plan, { because: "b" }),
  ];

  /** What somebody who looks would do next; the place of it in their list. */
  const likely = (commands: readonly Command[]): number => {
    if (commands === approving) return 0;
    const plan = servers[0].record.incident(ids.incident)?.plans.find((one) => one.planId === ids.plan);
    switch (plan?.run?.phase) {
      case "approved":
        return 2;
      case "canary":
        return 4;
      case "paused":
        return 8;
      case "running":
        return random() < 0.4 ? 11 : 7;
      case "proposed":
        return (plan.asked?.declined ?? null) === null ? -1 : 12;
      case "draft":
      case "completed":
      case "rolled-back":
      case undefined:
        return 0;
    }
  };

  const operator = async (by: string, commands: readonly Command[]) => {
    for (let n = 0; n < commandsEach; n++) {
      for (let wait = 0; wait < 6; wait++) await scheduler.pause();
      const next = random() < 0.75 ? commands[likely(commands)] : undefined;
      await act(by, next ?? pick(commands));
    }
  };
  /** A worker goes on after every failure, on whichever server is alive, until everybody else has ended. */
  const workerOf = async (run: (plane: Plane) => Promise<unknown>) => {
    while (!state.ended) {
      await scheduler.pause();
      await run(pick(servers)).catch((error: unknown) => {
        if (!(error instanceof JournalError) && !(error instanceof ControlPlaneError)) throw error;
      });
    }
  };
  /** kill -9 and start again: memory and what was staged are gone. */
  const killer = async () => {
    while (!state.ended) {
      for (let n = 0; n < 25; n++) await scheduler.pause();
      servers[random() < 0.5 ? 0 : 1] = startPlane(world);
    }
  };
  const publisher = async (plane: Plane) => {
    await plane.record.catchUp();
    if (needsBundle(plane)) await publishBundle(plane);
  };

  const people = async () => {
    await act("rob", async (plane, caller) => {
      ids.incident = (await openIncident(plane, caller, { title: "t" })).id;
    });
    await act("rob", async (plane, caller) => {
      ids.plan = (await draftPlan(plane, caller, ids.incident, { measures: measures(3), terms })).id;
    });
    await Promise.all([
      operator("rob", writing),
      operator("rita", [...writing, ...approving.slice(0, 3)]),
      operator("ann", approving),
      operator("abe", approving),
    ]);
    state.ended = true;
  };
  await scheduler.drive(
    Promise.all([people(), workerOf(publisher), workerOf(publisher), workerOf(watchRuns), killer()]),
  );
  // Then nothing breaks any more, and what is wanted comes into force.
  journal.breaks = 0;
  const last = startPlane(world);
  await scheduler.drive(publisher(last).then(() => publisher(last)));
  return { journal, disk, outcomes, last };
}

describe("any interleaving of two operators, three workers, crashes and retries", () => {
  const seen = { bundles: 0, lifted: 0, running: 0, broken: 0 };

  test(`keeps the invariants, over ${seeds} seeds`, { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const { journal, disk, outcomes, last } = await simulate(seed);
      const { events } = journal;
      const faults = [
        ...approvalFaults(events),
        ...waveFaults(events, disk),
        ...versionFaults(events),
        ...markFaults(events, outcomes),
        ...events.filter((event, i) => event.seq !== i).map((event) => `a hole at ${event.seq}`),
        ...(needsBundle(last) ? ["something is still wanted"] : []),
      ];
      expect(faults, `seed ${seed}`).toEqual([]);
      seen.bundles += events.filter(({ type }) => type === "bundle-in-force").length;
      seen.lifted += events.filter(({ type }) => type === "lift-approved").length;
      seen.running += events.filter(({ type }) => type === "run-promoted").length;
      seen.broken += outcomes.filter(({ done }) => !done).length;
    }
    // It is worth something only when it comes that far.
    expect(seen.bundles).toBeGreaterThan(seeds / 2);
    expect(seen.running).toBeGreaterThan(seeds / 10);
    expect(seen.lifted).toBeGreaterThan(0);
  });
});
