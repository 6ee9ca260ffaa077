import { hash } from "node:crypto";
import type { Journal } from "@cordon/journal-postgres";

/** A row of the table holds so many bytes of a bundle at most. */
const partBytesMax = 1 << 20;
/** Older bundles leave the database: a server that comes back needs the newest alone. */
const bundlesKeptMax = 3;

type Queries = Pick<Journal["pool"], "query">;

/** The newest bundles in PostgreSQL, where every server finds the bytes of what any of them built. */
export class JointBundles {
  readonly #pool: Queries;

  constructor(pool: Queries) {
    this.#pool = pool;
  }

  /** Puts the bytes of a bundle to rest, before the journal names it. */
  async put(version: number, bytes: Uint8Array): Promise<void> {
    const sha256 = hash("sha256", bytes, "hex");
    for (let part = 0; part * partBytesMax < bytes.length; part++) {
      const piece = Buffer.from(bytes.subarray(part * partBytesMax, (part + 1) * partBytesMax));
      await this.#pool.query(
        `insert into control_plane.bundle (version, sha256, part, bytes) values ($1, $2, $3, $4)
         on conflict (version, sha256, part) do update set bytes = excluded.bytes`,
        [version, sha256, part, piece],
      );
    }
    await this.#pool.query("delete from control_plane.bundle where version <= $1", [
      version - bundlesKeptMax,
    ]);
  }

  /** The bytes that the journal names by this digest; null where they are not to be had whole. */
  async get(version: number, sha256: string): Promise<Uint8Array | null> {
    const { rows } = await this.#pool.query<{ bytes: Buffer }>(
      "select bytes from control_plane.bundle where version = $1 and sha256 = $2 order by part",
      [version, sha256],
    );
    const bytes = Buffer.concat(rows.map((row) => row.bytes));
    return hash("sha256", bytes, "hex") === sha256 ? bytes : null;
  }
}
