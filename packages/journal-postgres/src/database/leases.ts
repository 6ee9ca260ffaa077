import type pg from "pg";

/** Names held for a time by one owner among all processes on the database. */
export class Leases {
  readonly #pool: pg.Pool;
  readonly #clock: () => number;

  constructor(pool: pg.Pool, clock: () => number) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** True when `owner` holds `name` for the next `leaseMs`: it was free, run out, or its own already. */
  async acquire(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const now = this.#clock();
    const { rowCount } = await this.#pool.query(
      `insert into journal.lease (name, owner, until_ms) values ($1, $2, $3)
       on conflict (name) do update set owner = excluded.owner, until_ms = excluded.until_ms
       where lease.owner = excluded.owner or lease.until_ms <= $4`,
      [name, owner, now + leaseMs, now],
    );
    return rowCount === 1;
  }

  /** True when `owner` still held it and holds it for `leaseMs` more; false when it had run out or is another's. */
  async renew(name: string, owner: string, leaseMs: number): Promise<boolean> {
    const now = this.#clock();
    const { rowCount } = await this.#pool.query(
      "update journal.lease set until_ms = $3 where name = $1 and owner = $2 and until_ms > $4",
      [name, owner, now + leaseMs, now],
    );
    return rowCount === 1;
  }

  /** Gives it up; nothing happens when it is no longer the owner's. */
  async release(name: string, owner: string): Promise<void> {
    await this.#pool.query("delete from journal.lease where name = $1 and owner = $2", [name, owner]);
  }
}
