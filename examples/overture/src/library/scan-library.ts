import { Worker } from "node:worker_threads";

import { OvertureError } from "../errors.ts";
import type { ScanConfig, ScanMessage, ScanResult } from "./scan-messages.ts";

/** A file that takes longer than this was made to; it is left out, and the scan begins again behind it. */
const fileMsMax = 20_000;
const hangsMax = 20;
const heapMiBMax = 512;

/**
 * Scans in a worker thread. Resolves with what was found; rejects with an OvertureError when a folder can't be read, more
 * than 20 files hang, or the scan was aborted.
 */
export async function scanLibrary(
  config: Omit<ScanConfig, "skip">,
  signal: AbortSignal,
): Promise<ScanResult> {
  const skip: string[] = [];
  for (;;) {
    const outcome = await scanOnce({ ...config, skip }, signal);
    if (typeof outcome !== "string") return outcome;
    skip.push(outcome);
    if (skip.length > hangsMax)
      throw new OvertureError("ERR_OVERTURE_LIBRARY", `more than ${hangsMax} files can't be read in time`);
  }
}

/** The result, or the file at which the thread hung. */
function scanOnce(config: ScanConfig, signal: AbortSignal): Promise<ScanResult | string> {
  const worker = new Worker(new URL("./scan-thread.ts", import.meta.url), {
    workerData: config,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMiBMax },
  });
  let reading: string | null = null;
  return new Promise<ScanResult | string>((resolve, reject) => {
    const fail = (reason: string) => reject(new OvertureError("ERR_OVERTURE_LIBRARY", reason));
    const hung = setTimeout(() => {
      if (reading === null) fail("the scan hangs");
      else resolve(reading);
    }, fileMsMax);
    hung.unref();
    const aborted = () => fail("the scan was ended");
    signal.addEventListener("abort", aborted, { once: true });
    worker.on("message", (message: ScanMessage) => {
      hung.refresh();
      if (message.kind === "reading") reading = message.file;
      else if (message.kind === "done") resolve(message.result);
      else fail(message.reason);
    });
    worker.once("error", (error) => {
      // Out of memory amid a file: that file did it.
      if (reading !== null) resolve(reading);
      else fail(error instanceof Error ? error.message : String(error));
    });
    if (signal.aborted) aborted();
  }).finally(() => worker.terminate());
}
