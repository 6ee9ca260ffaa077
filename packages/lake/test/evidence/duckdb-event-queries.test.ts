import { describe } from "vitest";
import { testEventQueries } from "./event-queries-conformance.ts";

describe("DuckDB over a lake's folder", () => {
  testEventQueries(() =>
    Promise.resolve({
      hold: (lakeFolder) => Promise.resolve({ lakeFolder }),
      stop: () => Promise.resolve(),
    }),
  );
});
