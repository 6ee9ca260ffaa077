import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { expect, test } from "vitest";

const worker = new URL("open-database-worker.ts", import.meta.url);

test.each(["accounts", "library"])(
  "those that open a missing database of %s at the same moment all get it, and leave nothing else in its folder",
  async (which) => {
    const folder = mkdtempSync(join(tmpdir(), "overture-database-"));
    const rounds = 60;
    const workers = 3;
    const arrived = new Int32Array(new SharedArrayBuffer(rounds * 4));
    const started = Array.from(
      { length: workers },
      () => new Worker(worker, { workerData: { which, folder, rounds, workers, arrived } }),
    );
    try {
      await Promise.all(started.map((each) => once(each, "message")));
      // Of two that close at the same moment each may leave the log to the other: it is the database's own, and empty.
      const names = readdirSync(folder).filter((name) => !/\.sqlite-(wal|shm)$/.test(name));
      expect(names.filter((name) => !name.endsWith(".sqlite"))).toEqual([]);
      expect(names).toHaveLength(rounds);
      expect(statSync(join(folder, "0.sqlite")).mode & 0o777).toBe(0o600);
    } finally {
      await Promise.all(started.map((each) => each.terminate()));
      rmSync(folder, { recursive: true });
    }
  },
);
