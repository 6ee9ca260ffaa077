import { defineConfig } from "vitest/config";

/** Tests that take an hour: `npm run test:long`, a part of them with `-- --shard=1/4`. */
export default defineConfig({
  test: {
    include: [
      "packages/*/test/long/*.long.ts",
      "examples/*/test/long/*.long.ts",
      "simulation/test/long/*.long.ts",
    ],
    testTimeout: 3_600_000,
    pool: "forks",
  },
});
