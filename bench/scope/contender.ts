import { fork, type ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";

import type { ContenderFigures, ContenderKind, ContenderOrder } from "./contender-process.ts";

/** The next message of a child; throws when it ends before. */
export function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`${child.spawnargs.slice(1).join(" ")} ended with ${code ?? "a signal"}`));
    };
    child.once("exit", ended);
    child.once("message", (message) => {
      child.removeListener("exit", ended);
      resolve(message);
    });
  });
}

const script = new URL("contender-process.ts", import.meta.url);

/** A contender's process, ready to answer. */
export class ContenderProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(kind: ContenderKind): Promise<ContenderProcess> {
    const child = fork(script, [kind], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await messageOf(child);
    return new ContenderProcess(child);
  }

  async ask(order: ContenderOrder): Promise<ContenderFigures> {
    const answer = messageOf(this.#child);
    this.#child.send(order);
    return (await answer) as ContenderFigures;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await ended;
  }
}

/** From the start of a process to its answer. */
export async function askCold(kind: ContenderKind, order: ContenderOrder): Promise<ContenderFigures> {
  const started = performance.now();
  const contender = await ContenderProcess.start(kind);
  const figures = await contender.ask(order);
  const milliseconds = performance.now() - started;
  await contender.end();
  return { ...figures, milliseconds };
}
