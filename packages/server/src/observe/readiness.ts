import { statfs } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Readiness } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";

/** A check that takes longer has failed. */
const patienceMs = 2000;
/** A bundle of the largest size, a few times over. */
const freeBytesMin = 256 * 1024 * 1024;

/** Whether this server should be given requests: it can record what is decided and serves what is in force. */
export async function readinessOf(plane: Plane): Promise<Readiness> {
  const [database, journal, disk] = await Promise.all([
    checked(() => plane.journal.pool.query("select 1")),
    checked(() => plane.journal.probe()),
    checked(() => enoughDisk(plane.home)),
  ]);
  const recorded = plane.record.bundle()?.version ?? 0;
  const served = plane.bundles.served?.version ?? 0;
  const bundle = served >= recorded ? "ok" : `serves version ${served}, in force is ${recorded}`;
  const checks = { database, journal, bundle, disk };
  const ready = Object.values(checks).every((check) => check === "ok");
  return { status: ready ? "ready" : "not-ready", checks };
}

async function enoughDisk(home: string): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  if (free < freeBytesMin) throw new Error(`${free} bytes free, expected ${freeBytesMin}`);
}

async function checked(work: () => Promise<unknown>): Promise<string> {
  const over = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: over.signal, ref: false }).then(
    () => `no answer in ${patienceMs} ms`,
    () => "ok",
  );
  const done = work().then(
    () => "ok",
    (error: unknown) => (error instanceof Error && error.message !== "" ? error.message : "failed"),
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    over.abort();
  }
}
