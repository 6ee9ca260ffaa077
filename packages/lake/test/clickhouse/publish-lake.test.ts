import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDataMap, type DataMap } from "@cordon/evidence";
import { parseQuestion } from "@cordon/scope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ClickHouseConnection } from "../../src/clickhouse/clickhouse-connection.ts";
import { ClickHouseEvidence } from "../../src/clickhouse/clickhouse-evidence.ts";
import {
  importEvidence,
  openPopulation,
  parseClickHouseUrl,
  publishLake,
  runScope,
  type ClickHouseLake,
  type Publication,
  type ScopeResult,
} from "../../src/index.ts";
import { startChdb, type ChdbServer } from "./start-chdb.ts";

const map = mapOf("profile-api");
const question = parseQuestion({
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "eve" }],
  decoys: ["d-1"],
});

let server: ChdbServer;
let connection: ClickHouseConnection;
let clickHouse: ClickHouseLake;
let folder: string;

beforeAll(async () => {
  server = await startChdb();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-publish-"));
  clickHouse = await server.newLake("lake");
  connection = ClickHouseConnection.open(clickHouse.target, "");
  return async () => {
    await connection.close();
    await rm(folder, { recursive: true });
  };
});

describe("publishing a lake", () => {
  test("twice changes nothing", async () => {
    await bring("a", 0, 60);
    expect(await publish()).toMatchObject({
      publication: 1,
      partsSent: 3,
      partsKnown: 0,
      events: 60,
      swept: true,
    });
    expect(await publish()).toMatchObject({ publication: 1, partsSent: 0, partsKnown: 3, events: 60 });
    expect(await count("cordon_events")).toBe(60);
  });
  test("sends only what is new, and the answer is the folder's again", async () => {
    await bring("a", 0, 60);
    await publish();
    await bring("b", 60, 100);
    expect(await publish()).toMatchObject({ publication: 2, partsSent: 2, partsKnown: 3, events: 100 });
    await expectSameAnswers();
  });
  test("that was killed changes no answer, and the next one sends what is missing", async () => {
    await bring("a", 0, 60);
    await publish();
    const before = await ask();
    await bring("b", 60, 100);
    await expect(publish({ stopAfter: 4 })).rejects.toThrow("killed");
    expect(await count("cordon_events")).toBe(80);
    expect(told(await ask())).toEqual(told(before));
    expect(await publish()).toMatchObject({ publication: 2, partsSent: 1, partsKnown: 4 });
    await expectSameAnswers();
  });
  test("of a part of which a killed one left some rows sends it as a whole, and removes them", async () => {
    await bring("a", 0, 60);
    await publish();
    const [part] = await connection.rows("SELECT part FROM cordon_events LIMIT 1");
    await connection.command(
      `DELETE FROM cordon_events WHERE part = '${String(part?.["part"])}' AND line % 2 = 0`,
    );
    await expect(ask()).rejects.toMatchObject({ code: "ERR_LAKE_REMOTE" });
    expect(await publish()).toMatchObject({ publication: 2, partsSent: 1, partsKnown: 2, swept: true });
    expect(await count("cordon_events")).toBe(60);
    await expectSameAnswers();
  });
  test("that has joined its parts leaves none of the old rows", async () => {
    await bring("a", 0, 60);
    await publish();
    await bring("b", 60, 100, { partsOfDayMax: 1 });
    expect(await publish()).toMatchObject({ partsSent: 1, partsKnown: 0 });
    expect(await count("cordon_events")).toBe(100);
    expect(await count("cordon_lake")).toBe(2);
    await expectSameAnswers();
  });
  test("that is another one is refused, and replaces what is there when it is told to", async () => {
    await bring("a", 0, 60);
    await publish();
    // As many files with as many lines each, but other lines.
    await rm(path.join(folder, "logs"), { recursive: true });
    await bring("a", 100, 160, { lake: "other" });
    const other = { lakeFolder: path.join(folder, "other"), clickHouse };
    await expect(publishLake(other)).rejects.toMatchObject({ code: "ERR_LAKE_INPUT" });
    await expectSameAnswers();
    expect(await publishLake({ ...other, replace: true })).toMatchObject({ publication: 2, partsSent: 3 });
    expect(await count("cordon_events")).toBe(60);
    await expect(publish()).rejects.toMatchObject({ code: "ERR_LAKE_INPUT" });
  });
  test("that was never imported, or not to its end, is refused", async () => {
    await expect(publish()).rejects.toMatchObject({ code: "ERR_LAKE_NO_EVIDENCE" });
  });
  test("while another publication came into force is refused", async () => {
    await bring("a", 0, 60);
    await publish();
    await bring("b", 60, 100);
    const lakeFolder = path.join(folder, "lake");
    const late = publishLake({
      lakeFolder,
      clickHouse,
      onProgress: () => {
        last = connection.insertRows("cordon_lake", [
          { publication: 7, kind: "manifest", name: "", body: "{}" },
        ]);
      },
    });
    let last = Promise.resolve();
    await expect(late).rejects.toMatchObject({ code: "ERR_LAKE_BUSY" });
    await last;
  });
});

describe("asking a published lake", () => {
  test("whose rows are not all there is refused: evidence is never dropped in silence", async () => {
    await bring("a", 0, 60);
    await publish();
    await connection.command("DELETE FROM cordon_events WHERE line = 7");
    await expect(ask()).rejects.toMatchObject({ code: "ERR_LAKE_REMOTE" });
    await expect(ask()).rejects.toThrow(/has 19 events, expected 20/);
  });
  test("while another publication came into force is refused", async () => {
    await bring("a", 0, 60);
    await publish();
    const evidence = await ClickHouseEvidence.open(connection, "lake", map);
    await evidence.requireInForce();
    await bring("b", 60, 100);
    await publish();
    await expect(evidence.requireInForce()).rejects.toMatchObject({ code: "ERR_LAKE_BUSY" });
  });
  test("that does not hold a source, or holds it read with another map, is refused", async () => {
    await bring("a", 0, 60);
    await publish();
    await expect(ask(mapOf("other-api"))).rejects.toMatchObject({ code: "ERR_LAKE_NO_EVIDENCE" });
    await expect(ask(mapOf("profile-api", "user"))).rejects.toMatchObject({ code: "ERR_LAKE_READING" });
  });
  test("where nothing was published, or in no database, says so in one line", async () => {
    await expect(ask()).rejects.toMatchObject({ code: "ERR_LAKE_NO_EVIDENCE" });
    const target = parseClickHouseUrl(server.url("nowhere"));
    await expect(ask(map, { target, password: "" })).rejects.toThrow(
      /^`clickhouse:.*\/nowhere`: there is no such database$/,
    );
  });
  test("of a server that is away, or is none, says so in one line", async () => {
    const away = { target: parseClickHouseUrl("clickhouse://127.0.0.1:1/lake"), password: "" };
    await expect(ask(map, away)).rejects.toThrow(
      /^`clickhouse:.*`: no answer from the server \(ECONNREFUSED\)$/,
    );
    const rude = createServer((socket) => socket.end("220 mail ready\r\n"));
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const address = rude.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const mail = { target: parseClickHouseUrl(`clickhouse://127.0.0.1:${port}/lake`), password: "" };
    await expect(ask(map, mail)).rejects.toMatchObject({ code: "ERR_LAKE_REMOTE" });
    rude.close();
  });
  test("about more accounts than come at once, with a long list of decoys, counts every one", async () => {
    const ids = Array.from({ length: 120_000 }, (_, index) => `u-${index}`);
    const lines = Array.from({ length: 120 }, (_, index) => ({
      ts: `2014-05-21T00:00:00.${String(index).padStart(3, "0")}Z`,
      by: "eve",
      op: "list",
      who: ids.slice(index * 1000, index * 1000 + 1000),
    }));
    await write("a", lines);
    await importInto("lake", {});
    await publish();
    // The directory lacks every third, and every fifth is a decoy.
    const accounts = path.join(folder, "accounts.csv");
    await writeFile(accounts, `account_id\n${ids.filter((_, index) => index % 3 > 0).join("\n")}\n`);
    const decoys = ids.filter((_, index) => index % 5 === 0);
    const asked = parseQuestion({
      window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
      suspect: [{ actor: "eve" }],
      decoys,
    });
    const population = await openPopulation({ file: accounts }, { windowEndUs: asked.toUs, decoys });
    try {
      const request = { map, question: asked, population, workFolder: folder };
      const { answer } = await runScope({ ...request, clickHouse });
      expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 96_000, atMost: 96_000 });
      const inFolder = await runScope({ ...request, lakeFolder: path.join(folder, "lake") });
      expect(answer).toEqual(inFolder.answer);
      expect(answer.decoysTouched.length).toBe(24_000);
    } finally {
      population.close();
    }
  });
});

describe("the tables that docs/operate/scale.md makes for a cluster", () => {
  test("are filled and asked as those of one server, and what is left over is removed as it says there", async () => {
    clickHouse = await server.newLake("evidence");
    await connection.close();
    connection = ClickHouseConnection.open(clickHouse.target, "");
    const [tables, removal] = await clusterSql();
    for (const sql of tables ?? []) await connection.command(sql);
    await bring("a", 0, 60);
    expect(await publish()).toMatchObject({ partsSent: 3, swept: true });
    await expectSameAnswers();
    await bring("b", 60, 100, { partsOfDayMax: 1 });
    expect(await publish()).toMatchObject({ partsSent: 1, swept: false });
    await expectSameAnswers();
    expect(await count("cordon_events")).toBe(160);
    for (const sql of removal ?? []) await connection.command(sql);
    expect(await count("cordon_events")).toBe(100);
    await expectSameAnswers();
  });
});

/** The statements of each block that speaks of a cluster, as an engine runs them that has neither Keeper nor other servers. */
async function clusterSql(): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path.join(import.meta.dirname, "../../../../docs/operate/scale.md"), "utf8");
  return [...text.matchAll(/```sql\n(.*?)```/gs)]
    .map(([, block = ""]) => block)
    .filter((block) => block.includes("ON CLUSTER"))
    .map((block) =>
      block
        .replaceAll(" ON CLUSTER evidence", "")
        .replaceAll(/ReplicatedMergeTree\(.*?\)/g, "MergeTree")
        .split(";")
        .filter((sql) => sql.trim() !== ""),
    );
}

describe("the address of a lake", () => {
  test("names a server's HTTP interface, a user and a database", () => {
    expect(parseClickHouseUrl("clickhouse://db.example/evidence")).toMatchObject({
      httpUrl: "http://db.example:8123",
      user: "default",
      database: "evidence",
    });
    expect(parseClickHouseUrl("clickhouses://reader@[::1]:9440/evidence")).toMatchObject({
      httpUrl: "https://[::1]:9440",
      user: "reader",
    });
  });
  test.each([
    "clickhouse://user:secret@host/db",
    "clickhouse://host",
    "clickhouse://host/",
    "clickhouse://host/a/b",
    "clickhouse://host/db?x=1",
    "clickhouse://host/%zz",
    "clickhouse://",
    "http://host/db",
    "clickhouse://secret host/db",
  ])("%s is wrong input, and no password is repeated", (address) => {
    expect(() => parseClickHouseUrl(address)).toThrow(expect.objectContaining({ code: "ERR_LAKE_ADDRESS" }));
    expect(() => parseClickHouseUrl(address)).not.toThrow(/secret/);
  });
});

function mapOf(source: string, actor = "by"): DataMap {
  return parseDataMap({
    version: 1,
    stores: { "profile-db": { classes: ["user.name"], accounts: 1000 } },
    sources: {
      [source]: {
        format: "jsonl",
        store: "profile-db",
        fields: { time: "ts", actor, operation: "op" },
        operations: {
          get: { account: "who", classes: ["user.name"] },
          list: { accounts: "who", classes: ["user.name"] },
        },
        coverage: {
          from: "2014-05-01T00:00:00Z",
          to: "2014-05-27T00:00:00Z",
          proof: { heartbeat: { every: "30d" } },
        },
      },
    },
  });
}

async function write(file: string, lines: readonly unknown[]): Promise<void> {
  await mkdir(path.join(folder, "logs", "profile-api"), { recursive: true });
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await writeFile(path.join(folder, "logs", "profile-api", `${file}.jsonl`), text);
}

/** Imports a file of events of one day more, twenty to a part. */
async function bring(
  file: string,
  from: number,
  to: number,
  { lake = "lake", partsOfDayMax = 1000 }: { readonly lake?: string; readonly partsOfDayMax?: number } = {},
): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, index) => ({
    ts: new Date(Date.UTC(2014, 4, 21, 0, from + index)).toISOString(),
    by: index % 2 === 0 ? "eve" : "amy",
    op: "get",
    who: `u-${(from + index) % 13}`,
  }));
  // Blocks of lines are read as a whole, so parts of twenty come from files of twenty.
  for (let begin = 0; begin < lines.length; begin += 20)
    await write(`${file}-${begin / 20}`, lines.slice(begin, begin + 20));
  await importInto(lake, { batchRows: 20, partsOfDayMax });
}

async function importInto(
  lake: string,
  limits: { batchRows?: number; partsOfDayMax?: number },
): Promise<void> {
  const lakeFolder = path.join(folder, lake);
  await importEvidence({ map, evidenceFolder: path.join(folder, "logs"), lakeFolder, limits });
}

function publish({ stopAfter = Infinity }: { readonly stopAfter?: number } = {}): Promise<Publication> {
  return publishLake({
    lakeFolder: path.join(folder, "lake"),
    clickHouse,
    onProgress: ({ parts }) => {
      if (parts === stopAfter) throw new Error("killed");
    },
  });
}

function ask(of: DataMap = map, lake: ClickHouseLake = clickHouse): Promise<ScopeResult> {
  return runScope({
    map: of,
    question,
    population: null,
    workFolder: folder,
    clickHouse: lake,
    eventsMax: 1000,
  });
}

async function expectSameAnswers(): Promise<void> {
  const request = { map, question, population: null, workFolder: folder, eventsMax: 1000 };
  const inFolder = await runScope({ ...request, lakeFolder: path.join(folder, "lake") });
  expect(told(await ask())).toEqual(told(inFolder));
}

function told({ answer, events }: ScopeResult): unknown {
  return { answer, events };
}

async function count(table: string): Promise<number> {
  const [row] = await connection.rows(`SELECT count() AS events FROM ${table}`);
  return Number(row?.["events"]);
}
