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
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    // One for each of two cores: most tests wait for a database, a browser or a process.
    maxWorkers: 2,
  },
});
