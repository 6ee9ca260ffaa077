// `npm test`: installs once, runs every test and ends with the plain line `N passed, N failed`. `--peers` and `--long` run those tests in
// place of the others; all other arguments are vitest's.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureInstalled, pinnedEnvironment, pinnedNode, root } from "./installation.mjs";

ensureInstalled();
const given = process.argv.slice(2);
const suite = ["peers", "long"].find((name) => given.includes(`--${name}`));
const folder = mkdtempSync(path.join(tmpdir(), "cordon-test-"));
const resultFile = path.join(folder, "results.json");

const run = spawnSync(
  pinnedNode,
  [
    path.join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    ...(suite === undefined ? [] : ["--config", `vitest.${suite}.config.ts`]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${resultFile}`,
    ...given.filter((argument) => argument !== `--${suite}`),
  ],
  { cwd: root, stdio: "inherit", env: pinnedEnvironment() },
);

const { passed, failed } = counts();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = run.status === 0 && failed === 0 && passed > 0 ? 0 : 1;

/** A file that failed without a failed test (it could not be loaded, or set up) counts as one. */
function counts() {
  try {
    const results = JSON.parse(readFileSync(resultFile, "utf8"));
    const withoutTest = results.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
    );
    return { passed: results.numPassedTests, failed: results.numFailedTests + withoutTest.length };
  } catch (error) {
    process.stderr.write(`no test results: ${error.message}\n`);
    return { passed: 0, failed: 1 };
  }
}
