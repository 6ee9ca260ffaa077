import type { Journal } from "@cordon/journal-postgres";
import type { ReleasePlan } from "./release.ts";

/** What the servers of one database agree on about releases. */
interface JointReleaseState {
  readonly plan: ReleasePlan | null;
  readonly promotedVersion: number | null;
  /** Grows with each change. */
  readonly changes: number;
}

type Queries = Pick<Journal["pool"], "query">;

/** The plan of releases in PostgreSQL: a plan or a promotion that one server takes is every server's. */
export class JointRelease {
  readonly #pool: Queries;

  constructor(pool: Queries) {
    this.#pool = pool;
  }

  /** null before the first change. */
  async read(): Promise<JointReleaseState | null> {
    const { rows } = await this.#pool.query<{
      plan: ReleasePlan | null;
      promoted_version: string | null;
      changes: string;
    }>("select plan, promoted_version, changes from control_plane.release");
    const [row] = rows;
    if (row === undefined) return null;
    const promotedVersion = row.promoted_version === null ? null : Number(row.promoted_version);
    return { plan: row.plan, promotedVersion, changes: Number(row.changes) };
  }

  /** INVARIANT: the version that all are given never goes down. Resolves to the number of the change. */
  async write(plan: ReleasePlan | null, promotedVersion: number | null): Promise<number> {
    const { rows } = await this.#pool.query<{ changes: string }>(
      `insert into control_plane.release as known (plan, promoted_version, changes) values ($1, $2, 1)
       on conflict (one_row) do update set plan = excluded.plan, changes = known.changes + 1,
         promoted_version = greatest(known.promoted_version, excluded.promoted_version)
       returning changes`,
      [plan === null ? null : JSON.stringify(plan), promotedVersion],
    );
    return Number(rows[0]?.changes ?? 0);
  }
}
