import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { KeptFile } from "../src/kept-file.ts";
import { LastGood } from "../src/last-good.ts";
import { until } from "./test-point.ts";

const [older, newer] = [Buffer.from("older"), Buffer.from("newer")];

interface Timer {
  readonly ms: number;
  readonly call: () => void;
}

/** Over a file of its own; time passes when the test says so. */
function lastGood(): {
  readonly file: string;
  readonly kept: LastGood;
  readonly timers: Timer[];
  readonly failures: () => number;
  readonly read: () => string | null;
} {
  const folder = mkdtempSync(join(tmpdir(), "last-good-"));
  const file = join(folder, "kept", "last-good.bundle");
  const timers: Timer[] = [];
  let failures = 0;
  const kept = new LastGood({
    file: new KeptFile(file),
    keepAfterMs: 100,
    after: (ms, call) => {
      const timer = { ms, call };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    random: () => 1,
    failed: () => (failures += 1),
  });
  onTestFinished(async () => {
    await kept.close();
    rmSync(folder, { recursive: true });
  });
  const read = (): string | null => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return null;
    }
  };
  return { file, kept, timers, failures: () => failures, read };
}

describe("the last good bundle", () => {
  test("is written when its time has come, and not before", async () => {
    const { kept, timers, read } = lastGood();
    kept.keep(older);
    expect(timers.map(({ ms }) => ms)).toEqual([100]);
    expect([kept.isKept, read()]).toEqual([false, null]);
    timers.pop()?.call();
    await until(() => expect(kept.isKept).toBe(true));
    expect(read()).toBe("older");
  });

  test("is the newest of those that came quickly", async () => {
    const { kept, timers, read } = lastGood();
    kept.keep(older);
    kept.keep(newer);
    expect(timers).toHaveLength(1);
    timers.pop()?.call();
    await until(() => expect(kept.isKept).toBe(true));
    expect(read()).toBe("newer");
  });

  test("that comes while another one is written is written after it", async () => {
    const { kept, timers, read } = lastGood();
    kept.keep(older);
    timers.pop()?.call();
    kept.keep(newer);
    await until(() => expect(timers).toHaveLength(1));
    expect([kept.isKept, read()]).toEqual([false, "older"]);
    timers.pop()?.call();
    await until(() => expect(kept.isKept).toBe(true));
    expect(read()).toBe("newer");
  });

  test("is tried again, later each time, while the disk does not take it", async () => {
    const { file, kept, timers, failures, read } = lastGood();
    // Where the file should go there is a folder with something in it.
    mkdirSync(join(file, "occupied"), { recursive: true });
    kept.keep(older);
    timers.pop()?.call();
    await until(() => expect(timers.map(({ ms }) => ms)).toEqual([250]));
    timers.pop()?.call();
    await until(() => expect(timers.map(({ ms }) => ms)).toEqual([500]));
    expect([kept.isKept, failures()]).toEqual([false, 2]);
    rmSync(file, { recursive: true });
    timers.pop()?.call();
    await until(() => expect(kept.isKept).toBe(true));
    expect(read()).toBe("older");
  });

  test("is written at once at the end, after which nothing is", async () => {
    const { kept, timers, read } = lastGood();
    kept.keep(older);
    await kept.close();
    expect([kept.isKept, read(), timers.length]).toEqual([true, "older", 0]);
    kept.keep(newer);
    expect(timers).toHaveLength(0);
  });
});
