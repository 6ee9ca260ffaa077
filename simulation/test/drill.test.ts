import { fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DrillReport } from "../src/index.ts";

const entry = fileURLToPath(new URL("../src/main.ts", import.meta.url));
/** A drill of some hundred people takes ten seconds; a busy machine may need more. */
const drillTimeoutMs = 180_000;

let folder: string;
let home: string;
let drill: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drill-"));
  home = path.join(folder, "home");
});

afterEach(async () => {
  if (drill !== null && drill.exitCode === null && drill.signalCode === null) {
    const ended = new Promise((resolve) => drill?.once("exit", resolve));
    drill.kill("SIGTERM");
    await ended;
  }
  drill = null;
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly report: DrillReport | null;
}

/** Runs a drill; `onLine` sees each of its lines and the drill itself. */
function run(
  args: readonly string[],
  onLine: (line: string, process: ChildProcess) => void = () => undefined,
): Promise<Run> {
  const reportFile = path.join(folder, "report.json");
  const child = fork(entry, ["--home", home, "--report", reportFile, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  drill = child;
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const whole = `${rest}${chunk}`.split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) {
        lines.push(line);
        onLine(line, child);
      }
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const report = existsSync(reportFile)
        ? (JSON.parse(readFileSync(reportFile, "utf8")) as DrillReport)
        : null;
      resolve({ code, lines, report });
    });
  });
}

/** Pids of everything that the drill said it started. */
function pidsOf(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const pid = /^[\w -]+: process (\d+)/.exec(line)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

/** False also for one that has ended and only waits for the system to take note of it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(existsSync("/proc/self/stat") ? readFileSync(`/proc/${pid}/stat`, "utf8") : "");
  } catch {
    return false;
  }
}

/** What two runs with one seed must agree on: all but times and the journal's entries. */
function comparable(report: DrillReport | null): unknown {
  if (report === null) return null;
  const { phases, times, journal, ...rest } = report;
  return {
    ...rest,
    verified: journal.verified,
    phases: phases.map(({ name }) => name),
    propagations: times.propagationMs.length,
  };
}

describe("a drill", () => {
  it(
    "goes from raw log lines to the all clear, and a second one in the same home agrees on all but times and journal entries",
    { timeout: 2 * drillTimeoutMs },
    async () => {
      const first = await run(["--accounts", "400"]);
      expect(first.report?.shortfalls).toEqual([]);
      expect(first.code).toBe(0);
      expect(first.report).toMatchObject({
        accounts: 400,
        truth: { affected: 1 },
        claimed: { kind: "exactly", atLeast: 1, atMost: 1 },
        falseClaims: 0,
        reauthenticated: 41,
        upgraded: 125,
        redownloaded: 65,
        refused: 1,
        cohorts: { wronglyAsked: 0, notAsked: 0 },
        notices: {
          planned: 400,
          delivered: 400,
          failed: 0,
          unknown: 0,
          duplicates: 0,
          affectedFirst: true,
          toDecoys: 0,
        },
        journal: { verified: true },
      });
      expect(pidsOf(first.lines).filter(isAlive)).toEqual([]);
      expect(readdirSync(home)).not.toContain("drill");

      const second = await run(["--accounts", "400"]);
      expect(comparable(second.report)).toEqual(comparable(first.report));
      expect(second.report?.journal.entries).toBeGreaterThan(first.report?.journal.entries ?? Infinity);
    },
  );

  it(
    "survives kill -9 on the control plane in the middle of sending: it goes on where it was and no mail comes twice",
    { timeout: drillTimeoutMs },
    async () => {
      let controlPlane = 0;
      let killed = false;
      const { code, report, lines } = await run(["--accounts", "3000"], (line) => {
        controlPlane = Number(/^control plane: process (\d+)/.exec(line)?.[1] ?? controlPlane);
        // The first mails have come, thousands have not.
        if (line.startsWith("mail server: ") && !killed) {
          killed = true;
          process.kill(controlPlane, "SIGKILL");
        }
      });
      expect(killed).toBe(true);
      expect(lines.some((line) => /^control plane ended with signal SIGKILL.*started again/.test(line))).toBe(
        true,
      );
      expect(report?.shortfalls).toEqual([]);
      expect(code).toBe(0);
      expect(report?.times.controlPlaneRestarts).toBe(1);
      expect(report?.notices).toMatchObject({ planned: 3000, failed: 0, duplicates: 0 });
      // What the ledger knows to be handed over was received; the rest is called unknown, and is at most what was in flight.
      const { delivered, unknown } = report?.notices ?? { delivered: 0, unknown: 0 };
      expect(delivered + unknown).toBeGreaterThanOrEqual(3000);
      expect(unknown).toBeLessThan(100);
    },
  );

  it(
    "ends every process when it is told to end, and leaves nothing of its own behind",
    { timeout: drillTimeoutMs },
    async () => {
      const { code, lines, report } = await run(["--accounts", "400"], (line, child) => {
        if (line.startsWith("waves …")) child.kill("SIGINT");
      });
      expect(code, lines.slice(-3).join("\n")).toBe(130);
      expect(report).toBeNull();
      const pids = pidsOf(lines);
      expect(pids.length).toBeGreaterThan(5);
      expect(pids.filter(isAlive)).toEqual([]);
      expect(readdirSync(home)).not.toContain("drill");
    },
  );
});
