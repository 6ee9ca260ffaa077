import type { Progress } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Journal } from "@cordon/journal-postgres";

type Queries = Pick<Journal["pool"], "query">;

interface ProgressRow {
  readonly report: Omit<Progress, "reportedAt">;
  readonly at_ms: string;
}

/** Reports that are read at a time; a point reports every few seconds. */
const reportsMax = 1000;

/** The reports of enforcement points in PostgreSQL, so that each server knows what was told to another. */
export class JointProgress {
  readonly #pool: Queries;
  #readUntilMs = 0;

  constructor(pool: Queries) {
    this.#pool = pool;
  }

  async write(reports: readonly Progress[]): Promise<void> {
    if (reports.length === 0) return;
    await this.#pool.query(
      `insert into control_plane.progress as known (point, report, at_ms)
       select * from unnest($1::text[], $2::jsonb[], $3::bigint[])
       on conflict (point) do update set report = excluded.report, at_ms = excluded.at_ms
         where known.at_ms <= excluded.at_ms`,
      [
        reports.map(({ point }) => point),
        reports.map(({ point, bundleVersion, counters, met }) =>
          JSON.stringify({ point, bundleVersion, counters, met }),
        ),
        reports.map(({ reportedAt }) => Date.parse(reportedAt)),
      ],
    );
  }

  /** What was told to any server since the last call, the oldest first. */
  async news(): Promise<readonly Progress[]> {
    const { rows } = await this.#pool.query<ProgressRow>(
      "select report, at_ms from control_plane.progress where at_ms >= $1 order by at_ms limit $2",
      [this.#readUntilMs, reportsMax],
    );
    this.#readUntilMs = Number(rows.at(-1)?.at_ms ?? this.#readUntilMs);
    return rows.map(({ report, at_ms }) => ({ ...report, reportedAt: formatInstant(Number(at_ms)) }));
  }
}
