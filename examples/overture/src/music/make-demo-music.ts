import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";

import { OvertureError } from "../errors.ts";
import type { DemoMusicConfig, DemoMusicMessage } from "./demo-music-messages.ts";

/**
 * Fills a folder with a few dozen composed tracks, in the background. `onAlbum` is told of each album of which something was
 * made. Resolves when all are there; rejects with an OvertureError when that fails or is aborted.
 */
export async function makeDemoMusic(folder: string, onAlbum: () => void, signal: AbortSignal): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL("./demo-music-thread.ts", import.meta.url), {
    workerData: { folder } satisfies DemoMusicConfig,
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => reject(new OvertureError("ERR_OVERTURE_LIBRARY", reason));
    signal.addEventListener("abort", () => fail("the music was not made to its end"), { once: true });
    worker.on("message", (message: DemoMusicMessage) => {
      if (message.kind === "done") resolve();
      else if (message.made > 0) onAlbum();
    });
    worker.once("error", (error) => fail(error instanceof Error ? error.message : String(error)));
    if (signal.aborted) fail("the music was not made to its end");
  }).finally(() => worker.terminate());
}
