import type { DatabaseSync } from "node:sqlite";

/** Rows of one transaction when loading a population: memory and the write-ahead log stay small. */
const rowsMax = 20_000;

/** KiB of page cache, and pages of write-ahead log between two checkpoints, while a population is loaded. */
const loading = "PRAGMA cache_size = -200000; PRAGMA wal_autocheckpoint = 16384;";
const serving = "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 1000;";

/** Calls `insert` on every item, in transactions of bounded size; returns how many there were. */
export function insertAll<Item>(
  database: DatabaseSync,
  items: Iterable<Item>,
  insert: (item: Item) => void,
): number {
  let count = 0;
  database.exec(loading);
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const item of items) {
      insert(item);
      count += 1;
      if (count % rowsMax === 0) database.exec("COMMIT; BEGIN IMMEDIATE");
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  } finally {
    database.exec(serving);
  }
  return count;
}
