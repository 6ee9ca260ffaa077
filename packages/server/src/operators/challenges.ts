import type { Kysely } from "kysely";
import { newSecret } from "./secrets.ts";
import type { OperatorTables } from "./tables.ts";

/** How long a person may take at the authenticator. */
const challengeMs = 5 * 60_000;

/** Random challenges that are good once, on whichever server the answer comes in. */
export class Challenges {
  readonly #db: Kysely<OperatorTables>;
  readonly #clock: () => number;

  constructor(db: Kysely<OperatorTables>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  async make(purpose: "sign-in" | "enrol"): Promise<string> {
    const nowMs = this.#clock();
    await this.#db.deleteFrom("operators.challenge").where("expires_at", "<=", new Date(nowMs)).execute();
    const challenge = newSecret();
    const row = { challenge, purpose, expires_at: new Date(nowMs + challengeMs) };
    await this.#db.insertInto("operators.challenge").values(row).execute();
    return challenge;
  }

  /** True exactly once for a challenge that was made for this and is not over. */
  async take(challenge: string, purpose: "sign-in" | "enrol"): Promise<boolean> {
    const taken = await this.#db
      .deleteFrom("operators.challenge")
      .where("challenge", "=", challenge)
      .where("purpose", "=", purpose)
      .where("expires_at", ">", new Date(this.#clock()))
      .executeTakeFirst();
    return taken.numDeletedRows === 1n;
  }
}
