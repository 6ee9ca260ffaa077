import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ClickHouseConnection } from "../../src/clickhouse/clickhouse-connection.ts";
import { parseClickHouseUrl, type ClickHouseLake } from "../../src/clickhouse/clickhouse-target.ts";

/** A ClickHouse engine in a process of its own. */
export interface ChdbServer {
  readonly port: number;
  /** The address of a lake in one of its databases. */
  url(database: string): string;
  /** Makes a database that is empty, also when there is one of that name. */
  newLake(database: string): Promise<ClickHouseLake>;
  stop(): Promise<void>;
}

export async function startChdb(): Promise<ChdbServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "cordon-chdb-"));
  const child = fork(path.join(import.meta.dirname, "chdb-server.ts"), [folder], { execArgv: [] });
  const ended = once(child, "exit");
  const [port] = (await Promise.race([
    once(child, "message"),
    ended.then(([code]) => {
      throw new Error(`the engine ended with ${String(code)}`);
    }),
  ])) as [number];
  const url = (database: string): string => `clickhouse://127.0.0.1:${port}/${database}`;
  const lake = (database: string): ClickHouseLake => ({
    target: parseClickHouseUrl(url(database)),
    password: "",
  });
  const server = ClickHouseConnection.open(lake("default").target, "");
  return {
    port,
    url,
    newLake: async (database) => {
      await server.command(`DROP DATABASE IF EXISTS ${database} SYNC`);
      await server.command(`CREATE DATABASE ${database}`);
      return lake(database);
    },
    stop: async () => {
      await server.close();
      child.disconnect();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
