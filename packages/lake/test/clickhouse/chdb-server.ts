/**
 * A ClickHouse engine (chDB) behind the part of ClickHouse's HTTP interface that its JavaScript client uses. It runs as a
 * process of its own, as the engine blocks its process while it works: `node chdb-server.ts FOLDER` sends its port to the parent.
 */
import { createWriteStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { Session } from "chdb";

/** Parameters of a request that are no settings of a query. */
const ofHttp = new Set(["query", "database", "query_id", "session_id", "wait_end_of_query", "role"]);

const folder = process.argv[2] ?? "";
await mkdir(folder, { recursive: true });
// A cluster of one shard, which the engine itself is.
const config = path.join(folder, "config.xml");
await writeFile(
  config,
  `<clickhouse><tcp_port>9000</tcp_port><remote_servers><evidence><shard>
    <replica><host>127.0.0.1</host><port>9000</port></replica>
  </shard></evidence></remote_servers></clickhouse>`,
);
const session = new Session(path.join(folder, "engine"), { connectionArgs: [`--config-file=${config}`] });
let bodies = 0;
/** The engine has one set of settings, so requests wait for each other. */
let last = Promise.resolve();

const server = createServer((request, response) => {
  last = last
    .then(() => answer(request, response))
    .catch(() => {
      response.destroy();
    });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.once("disconnect", () => {
  server.closeAllConnections();
  server.close();
  session.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  let file: string | null = null;
  const set: string[] = [];
  try {
    let sql = searchParams.get("query") ?? "";
    if (sql === "") sql = await text(request);
    else {
      bodies += 1;
      file = path.join(folder, `body-${bodies}`);
      await pipeline(request, createWriteStream(file));
      sql = fromFile(sql, file);
    }
    const database = searchParams.get("database");
    if (database !== null) session.query(`USE \`${database}\``);
    for (const [name, value] of searchParams) {
      if (ofHttp.has(name)) continue;
      session.query(`SET ${name} = '${value.replaceAll(/[\\']/g, "\\$&")}'`);
      set.push(name);
    }
    const found = session.query(sql, "TabSeparated");
    response.writeHead(200, { "Content-Type": "text/plain", "X-ClickHouse-Summary": "{}" });
    response.end(found);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = /Code: (\d+)/.exec(message)?.[1] ?? "1000";
    response.writeHead(500, { "X-ClickHouse-Exception-Code": code });
    response.end(message.slice(message.indexOf("Code: ")));
  } finally {
    for (const name of set) session.query(`SET ${name} = DEFAULT`);
    if (file !== null) await rm(file);
  }
}

/** An INSERT with its rows in the body reads them from a file instead. */
function fromFile(sql: string, file: string): string {
  const [, format = ""] = /\sFORMAT\s+(\w+)\s*$/.exec(sql) ?? [];
  const insert = sql.replace(/\sFORMAT\s+\w+\s*$/, "");
  if (/\sFROM\s+input\('/.test(insert)) {
    return insert.replace(/\sFROM\s+input\('/, () => ` FROM file('${file}', '${format}', '`);
  }
  return `${insert} FROM INFILE '${file}' FORMAT ${format}`;
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
