import type { Leases } from "@cordon/journal-postgres";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withLease } from "../src/workers/with-lease.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A lease in which the database answers as it is told. */
function leases(answers: { readonly acquired: boolean; readonly renewed: () => Promise<boolean> }): Leases {
  return {
    acquire: () => Promise.resolve(answers.acquired),
    renew: answers.renewed,
    release: () => Promise.resolve(),
  } as unknown as Leases;
}

/** Work that ends after 5 s, or as soon as its lease is lost. */
async function fiveSeconds(held: Leases): Promise<{ told: boolean; wasAborted: boolean }> {
  let wasAborted = false;
  const options = { name: "notice/n-1", owner: "a", signal: new AbortController().signal };
  const ended = withLease(held, options, async (signal) => {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 5_000);
      signal.addEventListener("abort", () => resolve());
    });
    wasAborted = signal.aborted;
  });
  await vi.advanceTimersByTimeAsync(6_000);
  return { told: await ended, wasAborted };
}

test("work that is done while the lease is held needs no second look", async () => {
  const held = leases({ acquired: true, renewed: () => Promise.resolve(true) });
  expect(await fiveSeconds(held)).toEqual({ told: true, wasAborted: false });
});

test.each([
  ["another took it", () => Promise.resolve(false)],
  ["the database did not answer", () => Promise.reject(new Error("connection reset"))],
])(
  "a lease lost on the way (%s) ends the work, and says that it must be looked at again",
  async (_why, renewed) => {
    expect(await fiveSeconds(leases({ acquired: true, renewed }))).toEqual({ told: false, wasAborted: true });
  },
);

test("nothing is done under a lease that another one holds", async () => {
  const held = leases({ acquired: false, renewed: () => Promise.resolve(true) });
  expect(await fiveSeconds(held)).toEqual({ told: false, wasAborted: false });
});
