import type { Role } from "@cordon/response";
import { generateBundleKeyPair, type ControlPlane, type Plane } from "@cordon/control-plane";
import type { FakeJournal } from "./fake-journal.ts";
import type { Scheduler } from "./scheduler.ts";
import { DecidingLanes } from "../../src/deciding-lanes.ts";
import { IncidentRecord } from "../../src/record/incident-record.ts";

export const accounts = ["u-0", "u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7"];
const bundleKeys = generateBundleKeyPair();

export const roles: ReadonlyMap<string, readonly Role[]> = new Map<string, readonly Role[]>([
  ["rob", ["investigator", "responder"]],
  ["rita", ["investigator", "responder", "approver"]],
  ["ann", ["approver"]],
  ["abe", ["approver"]],
]);

interface ServedBundle {
  readonly version: number;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** HOME/bundles of the fake world: what is staged is lost with its server, what has its name stays. */
export class FakeDisk {
  readonly named = new Map<number, ServedBundle>();
}

/** A fresh server on the world's journal and disk, as after a start. */
export function startPlane(world: {
  readonly journal: FakeJournal;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly disk: FakeDisk;
  readonly sample: () => number;
}): Plane {
  const { journal, scheduler, random, disk } = world;
  const staged = new Map<number, Uint8Array>();
  const state: { served: ServedBundle | null } = { served: null };
  const record = new IncidentRecord(journal as unknown as ControlPlane["journal"]);
  const bundles = {
    get served() {
      return state.served;
    },
    get namedVersion() {
      return state.served?.version ?? null;
    },
    stage: async (version: number, bytes: Uint8Array) => {
      await scheduler.pause();
      staged.set(version, bytes);
    },
    putInForce: async (version: number, sha256: string, bytes: Uint8Array) => {
      await scheduler.pause();
      state.served = { version, sha256, bytes };
      disk.named.set(version, state.served);
    },
    recover: async (recorded: { version: number; sha256: string } | null) => {
      await scheduler.pause();
      if (recorded === null) return true;
      const found = disk.named.get(recorded.version);
      if (found?.sha256 !== recorded.sha256) return false;
      state.served = found;
      return true;
    },
  };
  const membersOf = (cohort: unknown): number[] => {
    const text = JSON.stringify(cohort);
    const listed = accounts.flatMap((account, ordinal) => (text.includes(`"${account}"`) ? [ordinal] : []));
    return listed.length > 0 ? listed : accounts.map((_, ordinal) => ordinal);
  };
  const directory = {
    countCohort: async (cohort: unknown) => {
      await scheduler.pause();
      return membersOf(cohort).length;
    },
    cohortBitmap: async (cohort: unknown) => {
      await scheduler.pause();
      const ordinals = membersOf(cohort);
      const bitmap = new Uint8Array(1);
      for (const ordinal of ordinals) bitmap[0] = (bitmap[0] ?? 0) | (1 << ordinal);
      return { bitmap, members: ordinals.length };
    },
    async *accountsInBulk() {
      await scheduler.pause();
      yield { accountIds: accounts, ordinals: Uint32Array.from(accounts, (_, ordinal) => ordinal) };
    },
  };
  const asOf = () => new Date(scheduler.nowMs).toISOString();
  const plane = {
    home: "/nonexistent-home",
    operators: { roles: () => Promise.resolve(roles) },
    journal,
    record,
    deciding: new DecidingLanes(),
    underWay: new Map(),
    directory: {
      directory,
      ensure: async () => {
        await scheduler.pause();
        return { asOf: asOf(), accounts: accounts.length };
      },
      refresh: async () => {
        const asOfMs = scheduler.nowMs;
        await scheduler.pause();
        return { asOfMs };
      },
    },
    bundles,
    bundleKeys,
    publishing: { attempts: 0, lastFailure: null },
    progress: { all: () => [] },
    samples: {
      all: async () => {
        await scheduler.pause();
        return [{ rate: "failures", value: world.sample(), atMs: scheduler.nowMs }];
      },
    },
    clock: () => scheduler.nowMs,
    randomBytes: (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    wake: () => undefined,
  };
  return plane as unknown as Plane;
}
