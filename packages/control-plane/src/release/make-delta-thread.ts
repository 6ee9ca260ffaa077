import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { makeDelta } from "@cordon/bundle";
import { sha256 } from "../bundle-keys.ts";

/** What the thread is given; it answers with the delta's bytes. */
export interface MakeDeltaTask {
  readonly baseFile: string;
  readonly nextFile: string;
  readonly bundleBytesMax: number;
}

if (parentPort !== null) {
  const { baseFile, nextFile, bundleBytesMax } = workerData as MakeDeltaTask;
  const delta = makeDelta(readFileSync(baseFile), readFileSync(nextFile), { sha256, bundleBytesMax });
  parentPort.postMessage(delta);
}
