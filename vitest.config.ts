import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "simulation/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "tools/**/*.test.ts",
    ],
    // No test asserts how long it takes: these only end what hangs, also where a machine is five times as slow.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: "forks",
    // One for each of two cores: most tests wait for a database, a browser or a process.
    maxWorkers: 2,
  },
});
