#!/usr/bin/env node
// Plain JavaScript for whatever Node the machine has: Cordon itself runs on the pinned one, beside it in node_modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const majorLeast = 24;
const thisFile = fileURLToPath(import.meta.url);

if (Number(process.versions.node.split(".")[0]) >= majorLeast) await runHere();
else runUnderPinnedNode();

async function runHere() {
  // Node's own listener prints warnings; those about experimental features say nothing to a user of Cordon.
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
  followLauncher();
  const { run } = await import("../src/main.ts");
  await run(process.argv.slice(2));
}

/** A launcher that is killed cannot pass the signal on: its closing channel is the sign, and the command ends with it. */
function followLauncher() {
  if (process.env.CORDON_LAUNCHER === undefined) return;
  delete process.env.CORDON_LAUNCHER;
  const end = () => process.kill(process.pid, "SIGKILL");
  process.on("disconnect", end);
  if (!process.connected) end();
  process.channel?.unref();
}

function runUnderPinnedNode() {
  const node = pinnedNode(path.dirname(thisFile));
  if (node === null) {
    process.stderr.write(`cordon: Node ${process.versions.node}, expected ${majorLeast} or later (npm ci)\n`);
    process.exitCode = 2;
    return;
  }
  const command = spawn(node, [thisFile, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, CORDON_LAUNCHER: String(process.pid) },
  });
  // A terminal sends Ctrl-C to both; only a signal meant for this process alone has to be passed on.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !onTerminal) command.kill(signal);
    });
  }
  command.on("error", (error) => {
    process.stderr.write(`cordon: ${node}: ${error.message}\n`);
    process.exitCode = 2;
  });
  command.on("exit", (code, signal) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    if (signal === null) process.exitCode = code ?? 2;
    else process.kill(process.pid, signal);
  });
}

/** The binary of the devDependency `node` in the nearest node_modules above; null when there is none. */
function pinnedNode(folder) {
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const candidate = path.join(folder, "node_modules", "node", "bin", binary);
  if (existsSync(candidate)) return candidate;
  const parent = path.dirname(folder);
  return parent === folder ? null : pinnedNode(parent);
}
