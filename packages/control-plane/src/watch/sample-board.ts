import type { Journal } from "@cordon/journal-postgres";
import type { RateSample } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";

/** Rates that are kept at a time. */
const ratesMax = 1000;

interface SampleRow {
  readonly rate: string;
  readonly value: number;
  readonly at_ms: string;
}

/** The newest sample of each watched rate, in PostgreSQL: whichever server it was given to, all of them go by it. */
export class SampleBoard {
  readonly #pool: Pick<Journal["pool"], "query">;

  constructor(pool: Pick<Journal["pool"], "query">) {
    this.#pool = pool;
  }

  /** By rate. */
  async all(): Promise<readonly RateSample[]> {
    const { rows } = await this.#pool.query<SampleRow>(
      "select rate, value, at_ms from control_plane.sample order by rate limit $1",
      [ratesMax],
    );
    return rows.map(({ rate, value, at_ms }) => ({ rate, value, atMs: Number(at_ms) }));
  }

  /** An older sample than is known changes nothing. Throws ERR_PLANE_BUSY when there are too many rates. */
  async report(samples: readonly RateSample[]): Promise<void> {
    const newest = new Map<string, RateSample>();
    for (const sample of samples) {
      const known = newest.get(sample.rate);
      if (known === undefined || known.atMs <= sample.atMs) newest.set(sample.rate, sample);
    }
    const all = [...newest.values()];
    const { rowCount } = await this.#pool.query(
      `insert into control_plane.sample as known (rate, value, at_ms)
       select given.* from unnest($1::text[], $2::float8[], $3::bigint[]) as given(rate, value, at_ms)
       where (select count(*) from control_plane.sample) < $4
          or exists (select 1 from control_plane.sample same where same.rate = given.rate)
       on conflict (rate) do update set value = excluded.value, at_ms = excluded.at_ms
         where known.at_ms <= excluded.at_ms`,
      [all.map((one) => one.rate), all.map((one) => one.value), all.map((one) => one.atMs), ratesMax],
    );
    if (rowCount !== 0) return;
    const known = new Set((await this.all()).map((one) => one.rate));
    if (all.every((one) => known.has(one.rate))) return;
    throw new ControlPlaneError("ERR_PLANE_BUSY", `${ratesMax} rates are watched already`);
  }
}
