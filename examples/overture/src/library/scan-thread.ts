import { parentPort, workerData } from "node:worker_threads";

import { openLibraryDatabase } from "./library-database.ts";
import { LibraryScan } from "./library-scan.ts";
import type { ScanConfig, ScanMessage } from "./scan-messages.ts";

/** A scan in a thread of its own: tags are parsed away from the service's requests. */

const tell = (message: ScanMessage) => parentPort?.postMessage(message);
const config = workerData as ScanConfig;
const database = openLibraryDatabase(config.databaseFile);
try {
  const scan = new LibraryScan(database, {
    ...config,
    nowMs: Date.now,
    onFile: (file) => tell({ kind: "reading", file }),
  });
  tell({ kind: "done", result: await scan.run() });
} catch (error) {
  tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
} finally {
  database.close();
}
