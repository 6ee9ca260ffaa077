import type { Journal } from "@cordon/journal-postgres";

/** A row of the table holds so many bytes of a bundle at most. */
const partBytesMax = 1 << 20;

type Queries = Pick<Journal["pool"], "query">;

/** The bundle that waits for signatures in PostgreSQL, so that every server can show it, have it signed and put it in force. */
export class JointPrepared {
  readonly #pool: Queries;

  constructor(pool: Queries) {
    this.#pool = pool;
  }

  async put(contentSha256: string, bytes: Uint8Array): Promise<void> {
    for (let part = 0; part * partBytesMax < bytes.length; part++) {
      await this.#pool.query(
        `insert into control_plane.prepared_bundle (content_sha256, part, bytes) values ($1, $2, $3)
         on conflict (content_sha256, part) do update set bytes = excluded.bytes`,
        [contentSha256, part, Buffer.from(bytes.subarray(part * partBytesMax, (part + 1) * partBytesMax))],
      );
    }
  }

  /** What was put there under this digest, unchecked; null: nothing. */
  async get(contentSha256: string): Promise<Uint8Array | null> {
    const { rows } = await this.#pool.query<{ bytes: Buffer }>(
      "select bytes from control_plane.prepared_bundle where content_sha256 = $1 order by part",
      [contentSha256],
    );
    return rows.length === 0 ? null : Buffer.concat(rows.map((row) => row.bytes));
  }

  /** Takes all others away: one bundle waits at a time. */
  async keepOnly(contentSha256: string): Promise<void> {
    await this.#pool.query("delete from control_plane.prepared_bundle where content_sha256 <> $1", [
      contentSha256,
    ]);
  }
}
