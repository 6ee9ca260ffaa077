// Plain JavaScript without dependencies: it runs on the machine's own Node (20 or later) before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The Node that runs Cordon: the exact version in package.json's devDependencies. */
export const pinnedNode = path.join(
  root,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

const stampFile = path.join(root, "node_modules", ".cordon-installed");

function lockDigest() {
  const lock = readFileSync(path.join(root, "package-lock.json"));
  return createHash("sha256").update(lock).update(`${process.platform}-${process.arch}`).digest("hex");
}

function isInstalled() {
  return existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockDigest();
}

/** Installs what package-lock.json names, unless exactly that is installed already. Ends the process when npm fails. */
export function ensureInstalled() {
  if (isInstalled()) return;
  process.stdout.write("installing packages (only the first time) …\n");
  const npm = process.env.npm_execpath;
  const npmArguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const run =
    npm === undefined
      ? spawnSync("npm", npmArguments, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npm, ...npmArguments], { cwd: root, stdio: "inherit" });
  if (run.error !== undefined || run.status !== 0) {
    process.stderr.write(
      `npm ci failed${run.error === undefined ? "" : `: ${run.error.message}`}; run it by hand to see why\n`,
    );
    process.exit(run.status ?? 1);
  }
  writeFileSync(stampFile, lockDigest());
}

/** The environment for children: the pinned Node first on the path, so that whatever calls `node` gets it. */
export function pinnedEnvironment() {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const pinnedFolder = path.dirname(pinnedNode);
  return { ...process.env, [pathKey]: `${pinnedFolder}${path.delimiter}${process.env[pathKey] ?? ""}` };
}
