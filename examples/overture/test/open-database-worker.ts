import { parentPort, workerData } from "node:worker_threads";

import { openDatabase } from "../src/index.ts";
import { openLibraryDatabase } from "../src/library/library-database.ts";

const { which, folder, rounds, workers, arrived } = workerData as {
  which: "accounts" | "library";
  folder: string;
  rounds: number;
  workers: number;
  arrived: Int32Array;
};

const open = which === "accounts" ? openDatabase : openLibraryDatabase;

// All workers open the same missing file of each round in the same moment.
for (let round = 0; round < rounds; round += 1) {
  const before = Atomics.add(arrived, round, 1);
  Atomics.notify(arrived, round);
  for (let now = before + 1; now < workers; now = Atomics.load(arrived, round)) {
    Atomics.wait(arrived, round, now);
  }
  open(`${folder}/${round}.sqlite`).close();
}
parentPort?.postMessage("opened");
