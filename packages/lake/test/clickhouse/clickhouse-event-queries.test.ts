import { describe } from "vitest";
import { publishLake } from "../../src/index.ts";
import { testEventQueries } from "../evidence/event-queries-conformance.ts";
import { startChdb } from "./start-chdb.ts";

describe("ClickHouse over published parts", () => {
  testEventQueries(async () => {
    const server = await startChdb();
    return {
      hold: async (lakeFolder) => {
        const clickHouse = await server.newLake("lake");
        await publishLake({ lakeFolder, clickHouse });
        return { clickHouse };
      },
      stop: () => server.stop(),
    };
  });
});
