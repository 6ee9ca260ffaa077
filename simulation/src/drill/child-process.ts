import { fork, type ChildProcess } from "node:child_process";
import { DrillError } from "./drill-error.ts";

export interface ChildOptions {
  readonly name: string;
  /** A module that Node runs. */
  readonly entry: URL;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Nobody reads its stdout. A pipe whose reader died would end a process that writes to it, in the middle of anything. */
  readonly withoutStdout?: true;
}

interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
}

const keptLinesMax = 40;
const endWithParent = new URL("./end-with-parent.ts", import.meta.url);

/**
 * A process that the drill started. It has a process group of its own, so that Ctrl-C on the terminal reaches the drill
 * alone, which then ends everything in order.
 */
export class Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<ChildExit>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #onLine = new Set<(line: string) => void>();
  #hasEnded = false;
  #askedToEnd = false;

  /** Starts it. Throws `ERR_DRILL_PROCESS` when it can't be. */
  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#process = fork(options.entry, [...options.args], {
      detached: true,
      serialization: "advanced",
      execArgv: ["--disable-warning=ExperimentalWarning", "--import", endWithParent.href],
      env: { ...process.env, ...options.env },
      stdio: ["ignore", options.withoutStdout === true ? "ignore" : "pipe", "pipe", "ipc"],
    });
    if (this.#process.pid === undefined)
      throw new DrillError("ERR_DRILL_PROCESS", `${options.name} could not be started`);
    this.pid = this.#process.pid;
    this.ended = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        this.#hasEnded = true;
        resolve({ code, signal });
      });
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      if (stream !== null) this.#readLines(stream);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** True once `stop` was called: its end is no failure then. */
  get askedToEnd(): boolean {
    return this.#askedToEnd;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on("message", listener);
  }

  onLine(listener: (line: string) => void): void {
    this.#onLine.add(listener);
  }

  /** A child that just ended does not hear it; whoever needs it to live sees `ended`. */
  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Asks it to end and waits; kills it after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.#askedToEnd = true;
    if (this.#hasEnded) return;
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** The failure to report when it ended unasked. */
  failure(exit: ChildExit): DrillError {
    const how = exit.signal === null ? `exit code ${String(exit.code)}` : `signal ${exit.signal}`;
    // What a killed process said last is not why it ended.
    const said = exit.signal === null ? this.#lines.filter((line) => line.trim() !== "").slice(-3) : [];
    return new DrillError(
      "ERR_DRILL_PROCESS",
      `${this.name} ended with ${how}${said.length === 0 ? "" : `: ${said.join(" | ")}`}`,
    );
  }

  #readLines(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#lines.push(line);
        if (this.#lines.length > keptLinesMax) this.#lines.shift();
        for (const listener of this.#onLine) listener(line);
      }
    });
  }
}
