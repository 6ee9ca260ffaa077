import type pg from "pg";
import type { LogFolder } from "./log-folder.ts";
import { indexFile, keptCheckpointFile } from "./publish.ts";

const checkpointsAtOnce = 200;

/**
 * Brings the checkpoints of a home that the database does not know yet to the database: those that were signed before it kept them.
 * What stands there wrongly is found by whoever takes it from there, since each is signed.
 */
export async function keepOldCheckpoints(pool: pg.Pool, log: LogFolder, homeId: string): Promise<void> {
  const { rowCount } = await pool.query("select from journal.home where id = $1", [homeId]);
  const index = rowCount === 0 ? await log.read(indexFile) : null;
  if (index === null) return;
  const sizes = Buffer.from(index)
    .toString("latin1")
    .split("\n")
    .filter((line) => /^[1-9]\d{0,15}$/.test(line))
    .map(Number);
  for (let at = 0; at < sizes.length; at += checkpointsAtOnce) {
    const some = sizes.slice(at, at + checkpointsAtOnce);
    const notes = await Promise.all(some.map((size) => log.read(keptCheckpointFile(size))));
    const there = some.flatMap((size, i) => {
      const note = notes[i] ?? null;
      return note === null ? [] : [{ size, note: Buffer.from(note) }];
    });
    await pool.query(
      `insert into journal.checkpoint (size, note) select * from unnest($1::bigint[], $2::bytea[])
       on conflict (size) do nothing`,
      [there.map(({ size }) => size), there.map(({ note }) => note)],
    );
  }
}
