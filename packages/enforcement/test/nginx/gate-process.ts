import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const cordon = fileURLToPath(new URL("../../../cli/bin/cordon.mjs", import.meta.url));

/** `cordon gate serve` as a process of its own. */
export class GateProcess {
  readonly port: number;
  readonly #config: string;
  readonly #env: Readonly<Record<string, string>>;
  #process: ChildProcess | null = null;
  notes = "";

  constructor(config: string, port: number, env: Readonly<Record<string, string>> = {}) {
    this.#config = config;
    this.port = port;
    this.#env = env;
  }

  async start(): Promise<this> {
    const options = [cordon, "gate", "serve", "--config", this.#config, "--port", String(this.port)];
    const child = spawn(process.execPath, options, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#env },
    });
    this.#process = child;
    child.stderr.on("data", (chunk) => (this.notes += String(chunk)));
    let text = "";
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes("\n")) return this;
    }
    throw new Error(`the gate ended: ${this.notes}`);
  }

  /** The exit code; null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return null;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  async status(): Promise<{ bundle: { version: number } | null; refusal: string | null; mode: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port}/status`);
    return (await response.json()) as {
      bundle: { version: number } | null;
      refusal: string | null;
      mode: string;
    };
  }
}
