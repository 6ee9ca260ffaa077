import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { openJournal, type Journal } from "../src/index.ts";
import { stopEmbeddedPostgres } from "../src/postgres/embedded-postgres.ts";

export const random = (count: number): Uint8Array => randomBytes(count);

/** A clock that stands still until it is set. */
export interface FakeClock {
  (): number;
  ms: number;
}

export function fakeClock(ms = Date.UTC(2014, 4, 27, 12)): FakeClock {
  const clock = Object.assign(() => clock.ms, { ms });
  return clock;
}

const homes: string[] = [];

afterAll(async () => {
  for (const home of homes) {
    await stopEmbeddedPostgres(home);
    rmSync(path.dirname(home), { recursive: true, force: true });
  }
});

/** A home folder below one of mode 0700 that only this account may enter; its server is stopped and it is removed after the tests. */
export function temporaryHome(): string {
  const home = path.join(mkdtempSync(path.join(tmpdir(), "cordon-journal-")), "home");
  homes.push(home);
  return home;
}

/** `cp -a`. */
export function copyHome(home: string): string {
  const copy = temporaryHome();
  execFileSync("cp", ["-a", home, copy]);
  return copy;
}

export function open(home: string, clock: () => number = fakeClock()): Promise<Journal> {
  return openJournal({ home, databaseUrl: null, clock, randomBytes: random });
}

/** Whether a process is there and is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(
      execFileSync("cat", [`/proc/${pid}/status`], { stdio: ["ignore", "pipe", "ignore"] }).toString(),
    );
  } catch {
    return false;
  }
}
