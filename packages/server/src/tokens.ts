import { randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { secretFile } from "@cordon/control-plane";
import { firstOperators } from "./operators/first-operators.ts";
import { digestOf } from "./operators/secrets.ts";

/** Whose a token in HOME is. */
type HomeToken = { readonly kind: "operator"; readonly operator: string } | { readonly kind: "enforcement" };

const tokenBytes = 32;

interface KnownToken {
  readonly holder: HomeToken;
  readonly digest: Buffer;
}

/** The bearer tokens that lie in one HOME. Only their digests stay in memory. */
export class Tokens {
  readonly #known: readonly KnownToken[];

  private constructor(known: readonly KnownToken[]) {
    this.#known = known;
  }

  /** Reads the tokens of HOME, and makes those that are not there: random, mode 0600. */
  static async open(home: string): Promise<Tokens> {
    const known: KnownToken[] = [
      { holder: { kind: "enforcement" }, digest: await digestIn(join(home, "keys", "enforcement.token")) },
    ];
    for (const operator of firstOperators.keys()) {
      const file = join(home, "operators", `${operator}.token`);
      known.push({ holder: { kind: "operator", operator }, digest: await digestIn(file) });
    }
    return new Tokens(known);
  }

  /** Whose token it is; null when it is none of these. */
  holderOf(token: string): HomeToken | null {
    const given = digestOf(token);
    let found: HomeToken | null = null;
    // All are compared, each in constant time: how long it takes tells nothing.
    for (const { holder, digest } of this.#known) {
      if (timingSafeEqual(given, digest)) found = holder;
    }
    return found;
  }
}

async function digestIn(file: string): Promise<Buffer> {
  const text = await secretFile(file, () => `${randomBytes(tokenBytes).toString("base64url")}\n`);
  return digestOf(text.trim());
}
