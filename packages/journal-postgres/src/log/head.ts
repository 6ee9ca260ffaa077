import type pg from "pg";

/** The head of the log as the database has it. */
export interface Head {
  readonly vkey: string;
  readonly size: number;
  /** null while the log is empty. */
  readonly checkpoint: Uint8Array | null;
  /** `at` of the last event, milliseconds since the epoch. */
  readonly atMs: number;
  /** Tree size of the last checkpoint known to stand in the files. */
  readonly published: number;
}

interface HeadRow {
  readonly vkey: string;
  readonly size: string;
  readonly checkpoint: Buffer | null;
  readonly at_ms: string;
  readonly published: string;
}

type Queryable = Pick<pg.ClientBase, "query">;

/** null before the log has begun. */
export async function readHead(client: Queryable): Promise<Head | null> {
  const { rows } = await client.query<HeadRow>(
    "select vkey, size, checkpoint, at_ms, published from journal.head",
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    vkey: row.vkey,
    size: Number(row.size),
    checkpoint: row.checkpoint,
    atMs: Number(row.at_ms),
    published: Number(row.published),
  };
}

/**
 * Notes that the files show the checkpoint of `size`. Losing this note in a crash of the database only means that the
 * next writer looks at the files once more, so it does not wait for the disk.
 */
export async function markPublished(client: Queryable, size: number): Promise<void> {
  if (!Number.isSafeInteger(size)) throw new TypeError("expected a tree size");
  await client.query(
    `begin; set local synchronous_commit to off; update journal.head set published = ${size}; commit`,
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
