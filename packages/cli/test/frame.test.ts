import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CordonError, InputError } from "@cordon/model";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NoAnswer } from "../src/cli-error.ts";
import { endingOf } from "../src/exit.ts";
import { resolveHome } from "../src/home.ts";
import { buildProgram } from "../src/main.ts";
import { oneLine } from "../src/one-line.ts";
import { cordon, ending, launcher, temporaryFolder } from "./command-line.ts";

describe("wrong input gets one line on stderr and exit 2", () => {
  it.each([
    ["no command", []],
    ["half a command", ["bundle"]],
    ["an unknown command", ["bundel"]],
    ["an unknown verb", ["bundle", "bild"]],
    ["an unknown option", ["bundle", "verify", "f", "--key", "k", "--nope"]],
    ["a missing option", ["bundle", "verify", "f"]],
    ["a missing argument", ["bundle", "verify", "--key", "k"]],
    ["an argument too many", ["bundle", "inspect", "a", "b"]],
    ["an option without its value", ["gate", "decide", "--bundle"]],
    ["a time that is none", ["gate", "decide", "--bundle", "b", "--key", "k", "--now", "yesterday"]],
    ["a threshold that is none", ["bundle", "verify", "f", "--key", "k", "--threshold", "0"]],
    ["a choice that is none", ["bundle", "build", "p", "--by", "magic"]],
    ["a file that is not there", ["bundle", "inspect", "/nowhere/at/all"]],
  ])("%s", async (_, commandLine) => {
    const { code, line, stdout } = await ending(...commandLine);
    expect(code).toBe(2);
    expect(line).toMatch(/^[^\n]+$/);
    expect(stdout).toBe("");
  });

  it("as a process", async () => {
    const { code, stdout, stderr } = await cordon(["bundle", "bild\nx"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^unknown command 'bild\\nx'[^\n]*, expected [^\n]+\n$/);
  });
});

describe("--help", async () => {
  const program = await buildProgram([]);
  const verbs = program.commands.flatMap((noun) =>
    noun.commands.length === 0 ? [[noun.name()]] : noun.commands.map((verb) => [noun.name(), verb.name()]),
  );

  it.each(verbs.map((words) => [words.join(" "), words] as const))(
    "cordon %s has an example, and --json",
    async (name, words) => {
      const { code, stdout } = await ending(...words, "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\\s+.*cordon ${name}`, "s"));
      expect(stdout).toContain("--json");
    },
  );
});

describe("an error's exit code", () => {
  it("is 1 for a no, 2 for everything that input caused and for what nobody expected", () => {
    expect(endingOf(new NoAnswer("no"))).toEqual({ exitCode: 1, line: "no" });
    expect(endingOf(new CordonError("ERR_X", "what", { hint: "do this" }))).toEqual({
      exitCode: 2,
      line: "what; do this",
    });
    expect(endingOf(new InputError(["a", 0], "`x` is none", "one"))).toEqual({
      exitCode: 2,
      line: "`x` is none at `a.0`, expected one",
    });
    expect(endingOf(Object.assign(new Error("EACCES: x"), { code: "EACCES", path: "/f" }))).toEqual({
      exitCode: 2,
      line: "/f: permission denied (EACCES: x)",
    });
    expect(endingOf(new TypeError("x is\nnull"))).toEqual({
      exitCode: 2,
      line: "unexpected error: TypeError: x is\\nnull (CORDON_DEBUG=1 shows where)",
    });
    expect(endingOf("thrown text").exitCode).toBe(2);
  });

  it("comes with one line, whatever the input holds", () => {
    expect(oneLine("a\nb\r\u0000\u001b[31m\u2028\u007f\ud800 ü🎵")).toBe(
      "a\\nb\\r\\u0000\\u001b[31m\\u2028\\u007f\\ud800 ü🎵",
    );
    expect(oneLine("x".repeat(100_000)).length).toBeLessThan(3000);
  });

  it("CORDON_DEBUG shows where an error came from", async () => {
    const { stderr } = await cordon(["bundle", "inspect", "/nowhere"], { env: { CORDON_DEBUG: "1" } });
    expect(stderr).toMatch(/^\/nowhere: no such file[^\n]*\n[^]*at .*input-file\.ts/);
  });
});

describe("the home folder", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is --home, else CORDON_HOME, else ./.cordon", () => {
    vi.stubEnv("CORDON_HOME", "");
    expect(resolveHome(undefined)).toBe(path.resolve(".cordon"));
    vi.stubEnv("CORDON_HOME", "/var/cordon");
    expect(resolveHome(undefined)).toBe("/var/cordon");
    expect(resolveHome("here")).toBe(path.resolve("here"));
  });
});

describe("started by an older Node", () => {
  // The launcher believes what process.versions says; the pinned Node that it starts is the real one.
  const older = [
    "--import",
    "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})",
  ];

  it("the launcher runs the pinned one: arguments, stdin, stdout, stderr and exit code pass through", async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "a b"));
    expect(
      await cordon(["key", "generate", "--out", path.join(folder, "a b", "k")], { node: older }),
    ).toMatchObject({
      code: 0,
      stderr: "",
    });
    const again = await cordon(["key", "generate", "--out", path.join(folder, "a b", "k")], { node: older });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^[^\n]+private\.pem: is there already[^\n]+\n$/);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("the command ends with its launcher: %s", async (signal) => {
    const folder = temporaryFolder();
    // Reads its key from a pipe that never ends, so it waits for good.
    writeFileSync(path.join(folder, "b"), "");
    const child = spawn(
      process.execPath,
      [...older, launcher, "bundle", "verify", "b", "--key", "/dev/stdin"],
      {
        cwd: folder,
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    child.stdin.on("error", () => undefined);
    child.stdin.write("-----BEGIN PUBLIC KEY-----\n");
    await childOf(child.pid ?? 0);
    const closed = once(child, "close");
    child.kill(signal);
    // `close` comes only when nobody holds the pipes any more: the command is gone as well.
    await closed;
    expect(child.signalCode).toBe(signal);
  });
});

/** Resolves once `pid` has started a process. */
async function childOf(pid: number): Promise<void> {
  const listing = spawn("ps", ["-o", "pid=", "--ppid", String(pid)]);
  let text = "";
  listing.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(listing, "close");
  if (text.trim() === "") await childOf(pid);
}
