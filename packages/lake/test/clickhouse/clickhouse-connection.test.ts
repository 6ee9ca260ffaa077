import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { parseDataMap } from "@cordon/evidence";
import { inquire, parseQuestion } from "@cordon/scope";
import { expect, onTestFinished, test } from "vitest";
import { ClickHouseConnection } from "../../src/clickhouse/clickhouse-connection.ts";
import { ClickHouseEventQueries } from "../../src/clickhouse/clickhouse-event-queries.ts";
import { parseClickHouseUrl } from "../../src/clickhouse/clickhouse-target.ts";

test.each<readonly [string, (response: ServerResponse) => void, RegExp]>([
  [
    "breaks off",
    (response) => setTimeout(() => response.destroy(), 20),
    /: no answer from the server \(ECONNRESET\)$/,
  ],
  [
    "fails after its first rows",
    (response) => response.end("Code: 241. DB::Exception: Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)\n"),
    /: the server broke off its answer$/,
  ],
])("a server that %s gives no shorter answer", async (_, end, expected) => {
  const connection = await connectTo((response) => {
    response.writeHead(200).write('["a"]\n["b"]\n');
    end(response);
  });
  await expect(connection.rows("SELECT 1")).rejects.toThrow(expected);
  await expect(allOf(connection.texts("SELECT 1"))).rejects.toThrow(expected);
});

test.each([
  ["UNKNOWN_DATABASE", 81, "ERR_LAKE_NO_EVIDENCE"],
  ["UNKNOWN_TABLE", 60, "ERR_LAKE_NO_EVIDENCE"],
  ["AUTHENTICATION_FAILED", 516, "ERR_LAKE_REMOTE"],
  ["ACCESS_DENIED", 497, "ERR_LAKE_REMOTE"],
  ["READONLY", 164, "ERR_LAKE_REMOTE"],
  ["MEMORY_LIMIT_EXCEEDED", 241, "ERR_LAKE_MEMORY"],
  ["NOT_ENOUGH_SPACE", 243, "ERR_LAKE_DISK_FULL"],
  ["SOMETHING_ELSE", 9999, "ERR_LAKE_REMOTE"],
])("a server's %s is one line that names the lake", async (type, code, expected) => {
  const connection = await connectTo((response) => {
    response.writeHead(500, { "X-ClickHouse-Exception-Code": String(code) });
    response.end(`Code: ${code}. DB::Exception: of\nseveral lines. (${type}) (version 26.7.2.1)\n`);
  });
  const failed = connection.rows("SELECT 1");
  await expect(failed).rejects.toMatchObject({ code: expected });
  await expect(failed).rejects.toThrow(/^`clickhouse:\/\/[^\n]*`: [^\n]+$/);
});

test("fewer accounts than were counted are no answer", async () => {
  const map = parseDataMap({
    version: 1,
    stores: { db: { classes: ["user.name"], accounts: 9 } },
    sources: {
      api: { format: "jsonl", store: "db", fields: { time: "ts", operation: "op" }, operations: {} },
    },
  });
  const question = parseQuestion({
    window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
    suspect: [{ actor: "eve" }],
  });
  const connection = await connectTo((response, sql) => {
    if (sql.includes("named_count")) response.end('{"named_count":"3"}\n');
    else response.end(sql.includes("JSONCompactEachRow") ? '["a"]\n["b"]\n' : "");
  });
  const queries = new ClickHouseEventQueries(
    connection,
    { map, inquiry: inquire(map, question), population: null },
    { condition: () => "true" },
  );
  await expect(allOf(queries.accounts())).rejects.toThrow("the server named 2 accounts, expected 3");
});

async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function connectTo(
  answer: (response: ServerResponse, sql: string) => void,
): Promise<ClickHouseConnection> {
  const server = createServer((request, response) => {
    void text(request).then((sql) => {
      answer(response, sql);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const connection = ClickHouseConnection.open(parseClickHouseUrl(`clickhouse://127.0.0.1:${port}/lake`), "");
  onTestFinished(async () => {
    await connection.close();
    server.closeAllConnections();
    server.close();
  });
  return connection;
}
