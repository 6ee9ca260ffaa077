import { Worker } from "node:worker_threads";

/**
 * `node load-population-process.ts DRILL_FOLDER ACCOUNTS SEED`: exit code 0 once the service is as before the incident.
 * The work is one long stretch, so a thread does it: this one hears that the drill is gone.
 */

const worker = new Worker(new URL("./load-population-thread.ts", import.meta.url), {
  argv: process.argv.slice(2),
  execArgv: [],
});
worker.once("error", (error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
worker.once("exit", (code) => process.exit(code));
