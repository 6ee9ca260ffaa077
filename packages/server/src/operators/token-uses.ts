import type { Kysely } from "kysely";
import type { OperatorTables } from "./tables.ts";

/** How exactly it is kept when a token was last used. */
const useEveryMs = 60_000;
/** Tokens whose last use is remembered here. */
const rememberedMax = 10_000;

/** When each API token was last used, to the minute. */
export class TokenUses {
  readonly #db: Kysely<OperatorTables>;
  readonly #clock: () => number;
  #written = new Map<string, number>();

  constructor(db: Kysely<OperatorTables>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  async used(tokenId: string): Promise<void> {
    const nowMs = this.#clock();
    if (nowMs - (this.#written.get(tokenId) ?? -Infinity) < useEveryMs) return;
    if (this.#written.size >= rememberedMax) this.#written = new Map();
    this.#written.set(tokenId, nowMs);
    const last_used_at = new Date(nowMs);
    await this.#db
      .insertInto("operators.token_use")
      .values({ token_id: tokenId, last_used_at })
      .onConflict((conflict) => conflict.column("token_id").doUpdateSet({ last_used_at }))
      .execute();
  }
}
