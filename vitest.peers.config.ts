import { defineConfig } from "vitest/config";

/** Tests against servers of the system's own packages: they need root and `apt-get install postgresql postfix nginx wrk`. */
export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.peers.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
  },
});
