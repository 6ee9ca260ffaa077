import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished, vi } from "vitest";
import { endingOf } from "../src/exit.ts";
import { buildProgram } from "../src/main.ts";

export const launcher = path.join(import.meta.dirname, "..", "bin", "cordon.mjs");

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** Runs `cordon …` as a process of its own. */
export function cordon(commandLine: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [...(options.node ?? []), launcher, ...commandLine], {
    env: { ...process.env, ...options.env },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A command that refuses does not read what it is given.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

export interface Ended {
  readonly code: number;
  /** The one line for stderr, or "". */
  readonly line: string;
  readonly stdout: string;
}

/** Runs `cordon …` within this process: quicker, for commands that don't read stdin. */
export async function ending(...commandLine: readonly string[]): Promise<Ended> {
  const written: string[] = [];
  const keep = (text: string | Uint8Array): boolean => written.push(Buffer.from(text).toString()) > 0;
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(keep);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const program = await buildProgram(commandLine);
    await program.parseAsync(commandLine, { from: "user" });
    return { code: 0, line: "", stdout: written.join("") };
  } catch (error) {
    const { exitCode, line } = endingOf(error);
    return { code: exitCode, line: line ?? "", stdout: written.join("") };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "cordon-cli-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
