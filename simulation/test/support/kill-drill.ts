import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, startTestPostgres, type TestPostgres } from "@cordon/testkit";
import type { Child, ChildOptions } from "../../src/drill/child-process.ts";
import type { Display } from "../../src/drill/display.ts";
import { parseDrillOptions } from "../../src/drill/drill-options.ts";
import { Processes } from "../../src/drill/processes.ts";
import { runDrill } from "../../src/drill/run-drill.ts";
import type { DrillReport } from "../../src/index.ts";

const launcher = new URL("three-servers-process.ts", import.meta.url);

/** Pids of the three servers as they are now, by their names. */
type Pids = Map<string, number>;

class ClusterProcesses extends Processes {
  readonly pids: Pids = new Map();
  readonly said: string[] = [];

  override startReplaceable(options: ChildOptions): Child {
    if (options.name !== "control plane") return super.startReplaceable(options);
    const child = super.startReplaceable({ ...options, entry: launcher });
    child.onLine((line) => {
      const [, name, pid] = /^(server \d): process (\d+)$/.exec(line) ?? [];
      if (name !== undefined) this.pids.set(name, Number(pid));
      this.said.push(line);
    });
    return child;
  }
}

export interface KilledDrill {
  readonly report: DrillReport;
  /** Who was killed, in order. */
  readonly killed: readonly string[];
  /** What the servers said on stderr. */
  readonly said: readonly string[];
}

export interface KillDrillOptions {
  readonly accounts: number;
  readonly seed: number;
  /** At so many moments somebody is killed with SIGKILL; 0 for a drill in peace. */
  readonly kills: number;
  /** The kills are so far apart, half of it to one and a half of it. */
  readonly everyMs: number;
}

/**
 * A drill on three servers and one PostgreSQL, all of which are killed at random moments: who and when follows from the seed, as far
 * as a clock can. The database is started again by hand, the servers by their keeper.
 */
export async function killDrill({ accounts, seed, kills, everyMs }: KillDrillOptions): Promise<KilledDrill> {
  const folder = await mkdtemp(path.join(tmpdir(), "kill-drill-"));
  const postgres = await startTestPostgres();
  process.env["DATABASE_URL"] = postgres.url;
  const ending = new AbortController();
  const begun = Promise.withResolvers<undefined>();
  const display = {
    ...silent,
    phaseStarted: (name: string) => name === "incident" && begun.resolve(undefined),
  };
  const processes = new ClusterProcesses(display);
  const options = parseDrillOptions([
    ...["--accounts", String(accounts), "--home", path.join(folder, "home"), "--seed", "2014"],
  ]);
  const random = new SeededRandom(seed);
  const killing = kill({ processes, postgres, random, kills, everyMs, begun: begun.promise }, ending.signal);
  try {
    const drill = runDrill({
      options,
      processes,
      display,
      signal: ending.signal,
      nowMs: Date.now,
    });
    const { report } = await Promise.race([drill, processes.failed, killing.failed]);
    return { report, killed: killing.killed, said: processes.said };
  } catch (error) {
    const said = processes.said.slice(-20).join("\n");
    throw new Error(`killed ${killing.killed.join(", ")}; ${String(error)}\n${said}`, { cause: error });
  } finally {
    ending.abort();
    await killing.ended;
    await processes.stopAll();
    delete process.env["DATABASE_URL"];
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Killing {
  readonly killed: string[];
  readonly failed: Promise<never>;
  readonly ended: Promise<void>;
}

function kill(
  given: {
    readonly processes: ClusterProcesses;
    readonly postgres: TestPostgres;
    readonly random: SeededRandom;
    readonly kills: number;
    readonly everyMs: number;
    /** Resolves when there is something to disturb. */
    readonly begun: Promise<unknown>;
  },
  signal: AbortSignal,
): Killing {
  const { processes, postgres, random, kills, everyMs, begun } = given;
  const killed: string[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const loop = async (): Promise<void> => {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await Promise.race([begun, aborted]);
    while (killed.length < kills) {
      await sleep(everyMs * (0.5 + random.next()), undefined, { signal });
      const victim = random.pick(["server 1", "server 2", "server 3", "PostgreSQL"]);
      const pid = victim === "PostgreSQL" ? postgres.pid : processes.pids.get(victim);
      if (pid === undefined || !signals(pid)) continue;
      killed.push(victim);
      if (victim === "PostgreSQL") await postgres.restart();
    }
  };
  const ended = loop().catch((error: unknown) => {
    if (!signal.aborted) failed.reject(error instanceof Error ? error : new Error(String(error)));
  });
  return { killed, failed: failed.promise, ended };
}

/** False when it was gone already: it is being started again. */
function signals(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

const nothing = (): void => undefined;
const silent: Display = {
  process: nothing,
  phaseStarted: nothing,
  phaseEnded: nothing,
  note: nothing,
  progress: nothing,
  close: nothing,
};

/** What must not depend on who was killed when: all but times, journal entries, and which mails' fate is unknown. */
export function comparable(report: DrillReport): unknown {
  const { phases, times, journal, notices, ...rest } = report;
  const { planned, failed, duplicates, toDecoys } = notices;
  return {
    ...rest,
    notices: { planned, failed, duplicates, toDecoys },
    verified: journal.verified,
    phases: phases.map(({ name }) => name),
    propagations: times.propagationMs.length,
  };
}
