import type pg from "pg";
import { openLog } from "../prove-entry.ts";
import { askWitness, type Witness } from "./ask-witness.ts";

/** Sizes whose cosignatures are kept: a later one says all that an earlier one says. */
const sizesKeptMax = 1000;

/** Cosignatures of the log in the database, so that every server shows those that any of them was given. */
export class Cosignatures {
  readonly #pool: Pick<pg.Pool, "query">;
  readonly #home: string;

  constructor(pool: Pick<pg.Pool, "query">, home: string) {
    this.#pool = pool;
    this.#home = home;
  }

  /**
   * Has a witness cosign the newest checkpoint, unless it has. False when there was nothing to do. Throws
   * ERR_JOURNAL_WITNESS and what reading the log throws.
   */
  async ask(
    witness: Witness,
    given: { readonly fetch: typeof fetch; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const log = await openLog(this.#home);
    const knownSize = await this.#lastSize(witness);
    if (knownSize >= log.checkpoint.size) return false;
    const { size, lines } = await askWitness(log, witness, { ...given, knownSize });
    await this.#pool.query(
      `insert into journal.cosignature (size, witness, line) values ($1, $2, $3)
       on conflict (size, witness) do update set line = excluded.line`,
      [size, witness.key.line, lines],
    );
    await this.#pool.query(
      `delete from journal.cosignature
       where size < (select min(size) from (select distinct size from journal.cosignature
                                            order by size desc limit $1) as newest)`,
      [sizesKeptMax],
    );
    return true;
  }

  /** The newest checkpoint that a witness has cosigned, with all its cosignatures; null before the first. */
  async newest(): Promise<Uint8Array | null> {
    const { rows } = await this.#pool.query<{ note: Buffer; lines: string }>(
      `select k.note, string_agg(c.line, '' order by c.witness) as lines
       from journal.cosignature c join journal.checkpoint k using (size)
       where size = (select max(size) from journal.cosignature) group by k.note`,
    );
    const [row] = rows;
    return row === undefined ? null : Buffer.concat([row.note, Buffer.from(row.lines, "utf8")]);
  }

  async #lastSize(witness: Witness): Promise<number> {
    const { rows } = await this.#pool.query<{ size: string | null }>(
      "select max(size) as size from journal.cosignature where witness = $1",
      [witness.key.line],
    );
    return Number(rows[0]?.size ?? 0);
  }
}
