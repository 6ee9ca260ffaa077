import type pg from "pg";
import { isHomeId } from "./home-id.ts";

/** The head of the log as the database has it. */
export interface Head {
  readonly vkey: string;
  readonly size: number;
  /** null while the log is empty. */
  readonly checkpoint: Uint8Array | null;
  /** `at` of the last event, milliseconds since the epoch. */
  readonly atMs: number;
  /** Tree size of the last checkpoint known to stand in the files of a home. */
  readonly published: number;
  /** The same for the home that was asked about; null when it is not known yet. */
  readonly homePublished: number | null;
}

interface HeadRow {
  readonly vkey: string;
  readonly size: string;
  readonly checkpoint: Buffer | null;
  readonly at_ms: string;
  readonly published: string;
  readonly home_published: string | null;
}

type Queryable = Pick<pg.ClientBase, "query">;

/** null before the log has begun. `homeId` as in HOME/server.id; null: no home is asked about. */
export async function readHead(client: Queryable, homeId: string | null): Promise<Head | null> {
  const { rows } = await client.query<HeadRow>(
    `select vkey, size, checkpoint, at_ms, published,
            (select published from journal.home where id = $1) as home_published from journal.head`,
    [homeId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    vkey: row.vkey,
    size: Number(row.size),
    checkpoint: row.checkpoint,
    atMs: Number(row.at_ms),
    published: Number(row.published),
    homePublished: row.home_published === null ? null : Number(row.home_published),
  };
}

/**
 * Notes that the files of a home show the checkpoint of `size`. Losing this note in a crash of the database only means that
 * the next writer looks at the files once more, so it does not wait for the disk.
 */
export async function markPublished(client: Queryable, size: number, homeId: string | null): Promise<void> {
  if (!Number.isSafeInteger(size)) throw new TypeError("expected a tree size");
  if (homeId !== null && !isHomeId(homeId)) throw new TypeError("expected the id of a home");
  const ofHome =
    homeId === null
      ? ""
      : `insert into journal.home (id, published) values ('${homeId}', ${size})
         on conflict (id) do update set published = excluded.published;`;
  await client.query(
    `begin; set local synchronous_commit to off;
     update journal.head set published = greatest(published, ${size}); ${ofHome} commit`,
  );
}

/** Locks of advisory lock space: whoever holds it is the log's one writer. */
const writerLock = "select pg_advisory_lock(hashtext('cordon.journal.writer'))";
const writerUnlock = "select pg_advisory_unlock(hashtext('cordon.journal.writer'))";

/** Runs `work` as the log's only writer among all processes on the database. */
export async function asWriter<Result>(client: Queryable, work: () => Promise<Result>): Promise<Result> {
  await client.query(writerLock);
  try {
    return await work();
  } finally {
    // A connection that is gone has lost its locks already.
    await client.query(writerUnlock).catch(() => undefined);
  }
}
