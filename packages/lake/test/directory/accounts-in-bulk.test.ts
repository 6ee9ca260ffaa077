import { join } from "node:path";
import { expect, test } from "vitest";
import { LakeError, readAccountsInBulk } from "@cordon/lake";
import { accountsOf, sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

async function inBulk(
  file: string,
): Promise<{ readonly accountIds: readonly string[]; readonly ordinals: readonly number[] | null }> {
  const accountIds: string[] = [];
  let ordinals: number[] | null = null;
  for await (const batch of readAccountsInBulk(file)) {
    if ("accountIds" in batch) throw new Error("not joined");
    let from = 0;
    for (const to of batch.ends) {
      accountIds.push(utf8.decode(batch.bytes.subarray(from, to)));
      from = to;
    }
    if (batch.ordinals !== null) ordinals = [...(ordinals ?? []), ...batch.ordinals];
  }
  return { accountIds, ordinals };
}

/** 300,000 ids: of one length, or of many and not only ASCII. */
const sameLength = "lpad(CAST(i AS VARCHAR), 12, '0')";
const manyLengths = "CASE WHEN i % 7 = 0 THEN 'ü🎵' ELSE 'u-' END || CAST(i AS VARCHAR)";

test.each([
  ["ids of one length", sameLength, "", 122_880],
  ["ids of many lengths", manyLengths, "", 122_880],
  ["ordinals as the rows are", sameLength, ", CAST(i AS UINTEGER) AS ordinal", 122_880],
  ["ordinals the other way round", manyLengths, ", 299999 - i AS ordinal", 122_880],
  ["many row groups in one batch", manyLengths, ", 299999 - i AS ordinal", 20_480],
  ["a row group of several batches", manyLengths, "", 300_000],
])("a Parquet file in bulk is what it is account by account: %s", async (_, id, ordinal, rowGroup) => {
  const file = join(await temporaryFolder(), "accounts.parquet");
  await sql(
    `COPY (SELECT ${id} AS account_id${ordinal} FROM range(300000) AS rows(i))
     TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`,
  );
  const [bulk, each] = [await inBulk(file), await accountsOf(file)];
  expect(bulk.accountIds.length).toBe(300_000);
  // Compared as one: a difference of arrays of this size is not printed in reasonable time.
  expect(bulk.accountIds.join("|") === each.accountIds.join("|")).toBe(true);
  expect(bulk.ordinals?.join() === each.ordinals?.join()).toBe(true);
});

test("an empty Parquet file in bulk has no accounts; one with an id twice is refused", async () => {
  const folder = await temporaryFolder();
  const empty = join(folder, "empty.parquet");
  await sql(`COPY (SELECT 'u' AS account_id WHERE false) TO '${empty}' (FORMAT parquet)`);
  expect((await inBulk(empty)).accountIds).toEqual([]);
  const twice = join(folder, "twice.parquet");
  await sql(`COPY (SELECT 'u-1' AS account_id FROM range(2)) TO '${twice}' (FORMAT parquet)`);
  await expect(inBulk(twice)).rejects.toThrow(LakeError);
});
