import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./child-process.ts";
import type { Display } from "./display.ts";
import { DrillError } from "./drill-error.ts";
import type { Processes } from "./processes.ts";

const cordon = new URL("../../../packages/cli/bin/cordon.mjs", import.meta.url);
const healthEveryMs = 50;
const startPatienceMs = 120_000;
const restartsMax = 20;

interface ControlPlaneOptions {
  readonly home: string;
  readonly port: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `cordon serve` as a process of its own. When it dies it is started again on the same port with the same home: what it
 * was doing stands in its journal, and it goes on there.
 */
export class ControlPlaneProcess {
  readonly url: string;
  readonly #options: ControlPlaneOptions;
  readonly #processes: Processes;
  readonly #display: Display;
  #restarts = 0;

  constructor(options: ControlPlaneOptions, processes: Processes, display: Display) {
    this.url = `http://127.0.0.1:${options.port}`;
    this.#options = options;
    this.#processes = processes;
    this.#display = display;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Resolves when it answers; starts it again when it is killed before. Throws `ERR_DRILL_PROCESS` with its own words
   * when it ends by itself.
   */
  async start(): Promise<void> {
    while (!(await this.#startOnce())) this.#countRestart();
  }

  /** False when it was killed before it answered. */
  async #startOnce(): Promise<boolean> {
    const { port } = this.#options;
    const child = this.#processes.startReplaceable({
      name: "control plane",
      entry: cordon,
      args: ["serve", "--home", this.#options.home, "--port", String(port), ...this.#options.args],
      env: this.#options.env,
      withoutStdout: true,
    });
    this.#processes.tell(child, port);
    if (!(await this.#healthy(child))) {
      const exit = await child.ended;
      if (exit.signal !== "SIGKILL") throw child.failure(exit);
      return false;
    }
    this.#tellDatabase();
    void child.ended.then((exit) => {
      if (!this.#processes.ending) void this.#startAgain(child.failure(exit));
    });
    return true;
  }

  async #startAgain(why: DrillError): Promise<void> {
    this.#display.note(`${why.message}; it is started again`);
    try {
      this.#countRestart();
      await this.start();
      this.#display.note("the control plane answers again and goes on where it was");
    } catch (error) {
      this.#processes.fail(
        error instanceof DrillError
          ? error
          : new DrillError("ERR_DRILL_PROCESS", String(error), { cause: error }),
      );
    }
  }

  #countRestart(): void {
    if (++this.#restarts > restartsMax) {
      throw new DrillError(
        "ERR_DRILL_PROCESS",
        `the control plane ended ${this.#restarts} times, the drill gives up`,
      );
    }
  }

  /** False when it ended before it answered. */
  async #healthy(child: Child): Promise<boolean> {
    const startMs = performance.now();
    while (!child.hasEnded) {
      if (await answers(`${this.url}/healthz`)) return true;
      if (performance.now() - startMs > startPatienceMs) {
        throw new DrillError(
          "ERR_DRILL_PROCESS",
          `the control plane did not answer within ${startPatienceMs / 1000} s`,
        );
      }
      await sleep(healthEveryMs);
    }
    return false;
  }

  #tellDatabase(): void {
    const [pid, , , port] = postmaster(this.#options.home);
    if (pid !== undefined)
      this.#display.process("PostgreSQL", Number(pid), port === undefined ? null : Number(port));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** The lines of the embedded cluster's lock file; none when it does not run or is somebody else's. */
function postmaster(home: string): string[] {
  for (const folder of [path.join(home, "postgres"), path.join(home, "postgres", "data")]) {
    try {
      return readFileSync(path.join(folder, "postmaster.pid"), "utf8").split("\n");
    } catch {
      // Not there: the database is elsewhere.
    }
  }
  return [];
}
