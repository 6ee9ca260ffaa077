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

/** Suites that wait for real processes on a loaded machine: this few files are worth asking again. */
const filesAskedAgainMax = 5;

const vitest = (more) => {
  const run = spawnSync(
    pinnedNode,
    [
      path.join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      ...(suite === undefined ? [] : ["--config", `vitest.${suite}.config.ts`]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${resultFile}`,
      ...more,
    ],
    { cwd: root, stdio: "inherit", env: pinnedEnvironment() },
  );
  return { ...counts(), status: run.status };
};

let { passed, failed, failedFiles, status } = vitest(given.filter((argument) => argument !== `--${suite}`));
if (suite !== "long" && failedFiles.length > 0 && failedFiles.length <= filesAskedAgainMax) {
  const names = failedFiles.map(({ name }) => path.relative(root, name));
  process.stdout.write(`once more, one after the other: ${names.join(", ")}\n`);
  const again = vitest([...names, "--no-file-parallelism"]);
  passed += again.passed - failedFiles.reduce((sum, file) => sum + file.passed, 0);
  ({ failed, status } = again);
  const stillFailed = new Set(again.failedFiles.map(({ name }) => name));
  for (const { name, failedTests } of failedFiles.filter((file) => !stillFailed.has(file.name)))
    process.stdout.write(
      `FLAKY, passed only when asked again: ${path.relative(root, name)}: ${failedTests.join("; ")}\n`,
    );
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = status === 0 && failed === 0 && passed > 0 ? 0 : 1;

/** A file that failed without a failed test (it could not be loaded, or set up) counts as one. */
function counts() {
  try {
    const results = JSON.parse(readFileSync(resultFile, "utf8"));
    rmSync(resultFile);
    const failedFiles = results.testResults
      .filter((file) => file.status === "failed")
      .map(({ name, assertionResults: tests }) => ({
        name,
        passed: tests.filter((test) => test.status === "passed").length,
        failedTests: tests.filter((test) => test.status === "failed").map((test) => test.fullName),
      }));
    const withoutTest = failedFiles.filter(({ failedTests }) => failedTests.length === 0);
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + withoutTest.length,
      failedFiles,
    };
  } catch (error) {
    process.stderr.write(`no test results: ${error.message}\n`);
    return { passed: 0, failed: 1, failedFiles: [] };
  }
}
