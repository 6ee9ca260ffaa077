import { expect, test } from "vitest";
import { Worker } from "../src/workers/worker.ts";

/** Resolves when `count` runs have begun. */
function counting(count: number): { run: () => number; reached: Promise<void> } {
  let runs = 0;
  let resolve = (): void => undefined;
  const reached = new Promise<void>((done) => (resolve = done));
  return {
    run: () => {
      runs += 1;
      if (runs === count) resolve();
      return runs;
    },
    reached,
  };
}

test("runs at once, and again when it is woken, also in the middle of a run", async () => {
  const { run, reached } = counting(3);
  const worker: Worker = new Worker({
    name: "w",
    // eslint-disable-next-line @typescript-eslint/require-await -- the worker wants a promise
    run: async () => {
      if (run() < 3) worker.wake();
      return null;
    },
    onFailure: () => undefined,
  });
  await reached;
  await worker.stop();
});

test("tells a failure and tries again by itself", async () => {
  const { run, reached } = counting(3);
  const failures: string[] = [];
  const worker = new Worker({
    name: "w",
    run: () => (run() < 3 ? Promise.reject(new Error("no")) : Promise.resolve(null)),
    onFailure: (name, error) => failures.push(`${name}: ${String(error)}`),
    firstDelayMs: 1,
    delayMaxMs: 2,
  });
  await reached;
  await worker.stop();
  expect(failures).toEqual(["w: Error: no", "w: Error: no"]);
});

test("looks again by itself when it is told to", async () => {
  const { run, reached } = counting(2);
  const worker = new Worker({
    name: "w",
    run: () => Promise.resolve(run() < 2 ? 1 : null),
    onFailure: () => undefined,
  });
  await reached;
  await worker.stop();
});

test("stops only when the run under way has ended, and then never runs again", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let ended = false;
  let begun = (): void => undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  const worker = new Worker({
    name: "w",
    run: async (signal) => {
      begun();
      await held;
      expect(signal.aborted).toBe(true);
      ended = true;
      return 0;
    },
    onFailure: () => undefined,
  });
  await running;
  const stopped = worker.stop();
  release();
  await stopped;
  expect(ended).toBe(true);
});
