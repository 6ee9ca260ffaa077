import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type { Role } from "@cordon/contract";
import { secretFile } from "@cordon/control-plane";

/** Where each role's token lies under HOME. */
const tokenFiles: { readonly [role in Role]: readonly [string, string] } = {
  author: ["operators", "author.token"],
  approver: ["operators", "approver.token"],
  enforcement: ["keys", "enforcement.token"],
};

const tokenBytes = 32;

/** The bearer tokens of one HOME. Only their digests stay in memory. */
export class Tokens {
  readonly #digests: ReadonlyMap<Role, Buffer>;

  constructor(tokens: ReadonlyMap<Role, string>) {
    this.#digests = new Map([...tokens].map(([role, token]) => [role, digest(token)]));
  }

  /** Reads the tokens of HOME, and makes those that are not there: random, mode 0600. */
  static async open(home: string): Promise<Tokens> {
    const tokens = new Map<Role, string>();
    for (const role of ["author", "approver", "enforcement"] as const) {
      const file = join(home, ...tokenFiles[role]);
      const text = await secretFile(file, () => `${randomBytes(tokenBytes).toString("base64url")}\n`);
      tokens.set(role, text.trim());
    }
    return new Tokens(tokens);
  }

  /** Whose token it is; null when it is nobody's. */
  roleOf(token: string): Role | null {
    const given = digest(token);
    let found: Role | null = null;
    // All are compared, each in constant time: how long it takes tells nothing.
    for (const [role, known] of this.#digests) {
      if (timingSafeEqual(given, known)) found = role;
    }
    return found;
  }
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
