import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countAccounts, LakeError, readAccounts } from "@cordon/lake";
import { accountsOf, csv, jsonl, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function wrote(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, content);
  return file;
}

/** The message of the LakeError that reading ends with, without the folder. */
async function refusal(name: string, content: string | Uint8Array): Promise<string> {
  const file = await wrote(name, content);
  try {
    await accountsOf(file);
  } catch (error) {
    if (error instanceof LakeError) return error.message.replace(file, name);
    throw error;
  }
  return "read without a complaint";
}

const ids = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), { maxLength: 30 });

describe("ids are text as it stands", () => {
  test("in CSV", async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(ids, async (accountIds) => {
        const file = join(folder, "accounts.csv");
        await writeFile(file, csv([["account_id", "market"], ...accountIds.map((id) => [id, null])]));
        expect((await accountsOf(file)).accountIds).toEqual(accountIds);
      }),
      { numRuns: 30 },
    );
  });

  test("in JSON lines", async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(ids, async (accountIds) => {
        const file = join(folder, "accounts.jsonl");
        await writeFile(file, jsonl(accountIds.map((id) => ({ account_id: id }))));
        expect((await accountsOf(file)).accountIds).toEqual(accountIds);
      }),
      { numRuns: 30 },
    );
  });

  test("in Parquet, whatever signs its name has", async () => {
    const file = join(await temporaryFolder(), "a*[1]?'.parquet");
    await sql(
      `COPY (SELECT * FROM (VALUES ('007'), ('a' || chr(0) || 'b'), ('😀'), (' ')) AS t(account_id))
       TO '${file.replaceAll("'", "''")}' (FORMAT parquet)`,
    );
    expect((await accountsOf(file)).accountIds).toEqual(["007", "a\0b", "😀", " "]);
  });

  test("no cell becomes a number, a date or a truth", async () => {
    const cells = ["007", "1e3", "true", "2014-05-20", "NULL", "-0", " u ", "u"];
    const file = await wrote("a.csv", `account_id\n${cells.join("\n")}\n`);
    expect((await accountsOf(file)).accountIds).toEqual(cells);
  });

  test("a composed letter and its parts are two ids", async () => {
    const file = await wrote("a.jsonl", jsonl([{ account_id: "\u00e9" }, { account_id: "e\u0301" }]));
    expect(await countAccounts(file)).toBe(2);
  });
});

describe("a file with only `account_id` is enough", () => {
  test.each([
    ["a.csv", "account_id\nu-1\nu-2\n"],
    ["a.csv", "account_id\r\nu-1\r\nu-2"],
    ["a.csv", "\uFEFFaccount_id\nu-1\nu-2\n"],
    ["a.jsonl", '{"account_id":"u-1"}\n{"account_id":"u-2"}'],
    ["a.ndjson", '{"account_id":"u-1"}\n\n{"account_id":"u-2"}\n'],
    ["a.csv.gz", gzipSync("account_id\nu-1\nu-2\n")],
    ["a.jsonl.zst", zstdCompressSync('{"account_id":"u-1"}\n{"account_id":"u-2"}\n')],
  ])("%s", async (name, content) => {
    expect(await accountsOf(await wrote(name, content))).toEqual({
      accountIds: ["u-1", "u-2"],
      ordinals: null,
    });
  });

  test("a header alone holds nobody", async () => {
    expect(await countAccounts(await wrote("a.csv", "account_id"))).toBe(0);
  });
});

describe("ordinals of Cordon's own files are handed on", () => {
  test.each([
    ["a.csv", "account_id,ordinal\nb,1\na,0\n"],
    ["a.jsonl", '{"account_id":"b","ordinal":1}\n{"account_id":"a","ordinal":0}\n'],
  ])("%s", async (name, content) => {
    expect(await accountsOf(await wrote(name, content))).toEqual({
      accountIds: ["b", "a"],
      ordinals: [1, 0],
    });
  });
});

const long = "x".repeat(1025);

const wrongFiles: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["a.csv", "", "a.csv:1: no header, expected a line with account_id"],
  ["a.csv", "acount_id\nu\n", "a.csv:1: unknown column `acount_id`, expected one of account_id,"],
  ["a.csv", "account_id,plan\nu,free\n", "a.csv:1: unknown column `plan`, expected one of account_id,"],
  ["a.csv", "market\nSE\n", "a.csv:1: no column `account_id`, expected at least account_id"],
  ["a.csv", "account_id,account_id\nu,u\n", "a.csv:1: column `account_id` twice, expected each column once"],
  ["a.csv", "account_id,market\nu,SE\nv\n", "a.csv:3: a record with 1 cell, expected 2 as in the header"],
  ["a.csv", "account_id,market\nu,SE,x\n", "a.csv:2: a record with 3 cells, expected 2 as in the header"],
  [
    "a.csv",
    "account_id,market\nu,SE\n\nv,SE\n",
    "a.csv:3: a record with 1 cell, expected 2 as in the header",
  ],
  ["a.csv", 'account_id,market\n"u\n1",SE\n,SE\n', "a.csv:4: no account_id, expected an id"],
  ["a.csv", 'account_id\n""\n', "a.csv:2: no account_id, expected an id"],
  [
    "a.csv",
    "account_id\nu\nv\nw\nv\nu\n",
    "a.csv:6: account_id `u` again, as on line 2, expected each account once",
  ],
  ["a.csv", 'account_id\n"u\n', "a.csv:2: a quoted cell that does not end, expected CSV"],
  ["a.csv", 'account_id\nu"v"\n', "a.csv:2: a quote inside a cell that is not quoted, expected CSV"],
  ["a.csv", 'account_id\n"u"v\n', "a.csv:2: text after a quoted cell, expected CSV"],
  ["a.csv", "account_id\ru\rv", "a.csv:1: a carriage return inside a cell, expected CSV"],
  [
    "a.csv",
    Buffer.from("account_id\nu\n\xff\n", "latin1"),
    "a.csv:3: bytes that are no UTF-8: `ÿ`, expected UTF-8",
  ],
  ["a.csv", Buffer.from("account_id\nu\nv", "utf16le"), "a.csv:1: unknown column `a\\u0000c"],
  ["a.csv", `account_id\n${long}\n`, "a.csv:2: account_id is `xxxxx"],
  [
    "a.csv",
    "account_id,created_at\nu,2014-05-20\n",
    "a.csv:2: created_at is `2014-05-20`, expected an RFC 3339 time",
  ],
  [
    "a.csv",
    "account_id,created_at\nu,2014-02-30T00:00:00Z\n",
    "a.csv:2: created_at is `2014-02-30T00:00:00Z`",
  ],
  ["a.csv", "account_id,created_at\nu,2014-05-20 00:00:00\n", "a.csv:2: created_at is `2014-05-20 00:00:00`"],
  ["a.csv", "account_id,password_set_at\nu,\nv,yesterday\n", "a.csv:3: password_set_at is `yesterday`"],
  ["a.csv", "account_id,market\nu,sweden\n", "a.csv:2: market is `sweden`, expected an ISO 3166 code"],
  ["a.csv", "account_id,locale\nu,sv_SE\n", "a.csv:2: locale is `sv_SE`, expected a BCP 47 tag"],
  [
    "a.csv",
    "account_id,ordinal\nu,0\nv,2\n",
    "a.csv:3: an ordinal beyond the number of accounts, expected 0 … 1",
  ],
  ["a.csv", "account_id,ordinal\nu,0\nv,0\n", "a.csv: an ordinal twice, expected 0 … 1, each once"],
  ["a.csv", "account_id,ordinal\nu,0\nv,\n", "a.csv:3: no ordinal, expected a whole number"],
  ["a.csv", "account_id,ordinal\nu,00\n", "a.csv:2: ordinal is `00`, expected a whole number"],
  [
    "a.csv",
    "account_id,ordinal\nu,4294967296\n",
    "a.csv:2: ordinal is `4294967296`, expected a whole number",
  ],
  ["a.csv.gz", "account_id\nu\n", "a.csv.gz: it cannot be unpacked"],
  [
    "a.csv.gz",
    gzipSync(`account_id\n${"u".repeat(500)}\n`).subarray(0, 20),
    "a.csv.gz: it cannot be unpacked",
  ],
  [
    "a.jsonl",
    '{"account_id":"u"}\n{"account_id":7}\n',
    "a.jsonl:2: account_id is the number `7`, expected an id, text",
  ],
  ["a.jsonl", '{"account_id":null}\n', "a.jsonl:1: no account_id, expected an id"],
  ["a.jsonl", '{"account_id":""}\n', "a.jsonl:1: account_id is ``, expected an id"],
  ["a.jsonl", '{"account_id":"\\ud800"}\n', "a.jsonl:1: account_id is the string"],
  ["a.jsonl", '{"market":"SE"}\n', "a.jsonl:1: no column `account_id`"],
  ["a.jsonl", '{"account_id":"u","Market":"SE"}\n', "a.jsonl:1: unknown column `Market`, expected one of"],
  [
    "a.jsonl",
    '{"account_id":"u","__proto__":{}}\n',
    "a.jsonl:1: unknown column `__proto__`, expected one of",
  ],
  [
    "a.jsonl",
    '{"account_id":"u","created_at":1400544000}\n',
    "a.jsonl:1: created_at is the number `1400544000`",
  ],
  ["a.jsonl", '["u"]\n', 'a.jsonl:1: no JSON object: `[\\"u\\"]`, expected one JSON object a line'],
  ["a.jsonl", '{"account_id":"u"}\n{"account_id":"v"', "a.jsonl:2: no JSON:"],
  ["a.parquet", "account_id\nu\n", "a.parquet: "],
  ["a.txt", "account_id\nu\n", "a.txt: a file of unknown format, expected a name that ends in .csv"],
  ["a.parquet.gz", "", "a.parquet.gz: a file of unknown format, expected a name that ends in .csv"],
];

test.each(wrongFiles.map(([name, content, line]) => ({ name, content, line })))(
  "wrong input gets one line: $line",
  async ({ name, content, line }) => {
    const message = await refusal(name, content);
    expect(message.startsWith(line) ? line : message).toBe(line);
    expect(message).not.toContain("\n");
    expect(message).toContain(", expected ");
  },
);

test.each([
  ["SELECT 7 AS account_id", "a.parquet: column `account_id` of type INTEGER, expected text"],
  ["SELECT 'u'::BLOB AS account_id", "a.parquet: column `account_id` of type BLOB, expected text"],
  ["SELECT 'u' AS id", "a.parquet: unknown column `id`, expected one of account_id,"],
  [
    "SELECT 'u' AS account_id, DATE '2014-05-20' AS created_at",
    "a.parquet: column `created_at` of type DATE, expected",
  ],
  [
    "SELECT 'u' AS account_id, TIMESTAMP 'infinity' AS created_at",
    "a.parquet:1: created_at is `infinity`, expected",
  ],
  ["SELECT unnest(['u', NULL]) AS account_id", "a.parquet:2: no account_id, expected an id"],
  [
    "SELECT unnest(['u', 'v', 'u']) AS account_id",
    "a.parquet:3: account_id `u` again, as on line 1, expected",
  ],
  [
    "SELECT 'u' AS account_id, '2014-05-20' AS created_at",
    "a.parquet:1: created_at is `2014-05-20`, expected",
  ],
])("wrong Parquet gets one line: %s", async (query, line) => {
  const file = join(await temporaryFolder(), "a.parquet");
  await sql(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  const message = await accountsOf(file).then(
    () => "read without a complaint",
    (error: unknown) =>
      error instanceof LakeError ? error.message.replace(file, "a.parquet") : String(error),
  );
  expect(message.startsWith(line) ? line : message).toBe(line);
});

test("a missing file, and a folder, are named", async () => {
  const folder = await temporaryFolder();
  for (const file of [join(folder, "none.csv"), join(folder, "none.parquet")]) {
    await expect(accountsOf(file)).rejects.toThrow(`${file}: there is no such file, expected`);
  }
  for (const name of ["folder.csv", "folder.parquet"]) {
    await mkdir(join(folder, name));
    await expect(accountsOf(join(folder, name))).rejects.toThrow(`${name}: it is a folder, expected`);
  }
});

test("nothing is yielded from a file whose last line is wrong", async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `u-${index}`);
  const file = await wrote("a.csv", `account_id\n${lines.join("\n")}\nu-0\n`);
  let batches = 0;
  const reading = async (): Promise<void> => {
    for await (const batch of readAccounts(file)) batches += batch.accountIds.length;
  };
  await expect(reading()).rejects.toThrow("a.csv:5002: account_id `u-0` again, as on line 2");
  expect(batches).toBe(0);
});

test("records and quoted cells go on over the reader's blocks", async () => {
  const accountIds = Array.from({ length: 6 }, (_, index) => `${index}${'"\n,'.repeat(300)}`);
  const email = "e".repeat(4000);
  const filler = Array.from({ length: 1500 }, (_, index) => [`f-${index}`, email]);
  const records = accountIds.flatMap((id, index) => [
    [id, null],
    ...filler.slice(index * 250, (index + 1) * 250),
  ]);
  const file = await wrote("a.csv", csv([["account_id", "email"], ...records]));
  expect((await accountsOf(file)).accountIds).toEqual(records.map(([id]) => id));
  const broken = await wrote("b.csv", csv([["account_id", "email"], ...records, ["", null]]));
  const lines = (csv([["account_id", "email"], ...records]).match(/\n/g) ?? []).length;
  await expect(accountsOf(broken)).rejects.toThrow(`b.csv:${lines + 1}: no account_id`);
});

test("a record that never ends is refused before it fills the memory", async () => {
  const endless = "x".repeat(3 * 1024 * 1024);
  for (const [name, content] of [
    ["a.csv", `account_id\n${endless}`],
    ["b.csv", `account_id\n"${"x\n".repeat(2 * 1024 * 1024)}`],
    ["c.jsonl", `{"account_id":"${endless}"}`],
  ] as const) {
    expect(await refusal(name, content)).toMatch(
      /: a record that does not end, expected at most 1048576 bytes$/,
    );
  }
});
