import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How many wrong guesses are free, and how long one more blocks: twice as long each time, up to `blockMsMax`. */
export interface GuessPolicy {
  readonly freePerAccount: number;
  readonly freePerAddress: number;
  readonly blockMs: number;
  readonly blockMsMax: number;
  /** Guesses are forgotten so long after the last one. */
  readonly forgetMs: number;
}

export const guessPolicyDefault: GuessPolicy = {
  freePerAccount: 8,
  freePerAddress: 60,
  blockMs: 2_000,
  blockMsMax: 15 * 60_000,
  forgetMs: 60 * 60_000,
};

interface Guesser {
  /** What was guessed about: an account's name, whether or not there is one. */
  readonly name: string;
  readonly address: string;
  /** An installation that this account has used before: strangers' guesses don't lock its owner out there. */
  readonly knownInstallation: string | null;
}

interface Row {
  readonly failures: number;
  readonly blockedUntilMs: number;
  readonly forgottenAtMs: number;
}

/** Counts wrong passwords for each account and each address, for all instances together. */
export class GuessLimit {
  readonly #policy: GuessPolicy;
  readonly #find: StatementSync;
  readonly #write: StatementSync;
  readonly #forget: StatementSync;
  readonly #dropForgotten: StatementSync;

  constructor(database: DatabaseSync, policy: GuessPolicy) {
    this.#policy = policy;
    this.#find = database.prepare(
      `SELECT failures, blocked_until AS blockedUntilMs, forgotten_at AS forgottenAtMs
       FROM guesses WHERE bucket = ?`,
    );
    this.#write = database.prepare("INSERT OR REPLACE INTO guesses VALUES (?, ?, ?, ?)");
    this.#forget = database.prepare("DELETE FROM guesses WHERE bucket = ?");
    this.#dropForgotten = database.prepare("DELETE FROM guesses WHERE forgotten_at <= ?");
  }

  /** For how long no password is looked at, in milliseconds; 0: go on. */
  blockedMs(guesser: Guesser, nowMs: number): number {
    const until = [accountBucket(guesser), addressBucket(guesser)].map(
      (bucket) => this.#row(bucket, nowMs)?.blockedUntilMs ?? 0,
    );
    return Math.max(0, ...until.map((each) => each - nowMs));
  }

  wrong(guesser: Guesser, nowMs: number): void {
    this.#count(accountBucket(guesser), this.#policy.freePerAccount, nowMs);
    this.#count(addressBucket(guesser), this.#policy.freePerAddress, nowMs);
  }

  /** Only the account's own guesses are forgiven: who owns one account may be guessing at others. */
  right(guesser: Guesser): void {
    this.#forget.run(accountBucket(guesser));
  }

  dropForgotten(nowMs: number): void {
    this.#dropForgotten.run(nowMs);
  }

  #row(bucket: string, nowMs: number): Row | null {
    const row = this.#find.get(bucket) as Row | undefined;
    return row === undefined || row.forgottenAtMs <= nowMs ? null : row;
  }

  #count(bucket: string, free: number, nowMs: number): void {
    const { blockMs, blockMsMax, forgetMs } = this.#policy;
    const failures = (this.#row(bucket, nowMs)?.failures ?? 0) + 1;
    const over = failures - free;
    const forMs = over <= 0 ? 0 : Math.min(blockMsMax, blockMs * 2 ** Math.min(30, over - 1));
    this.#write.run(bucket, failures, nowMs + forMs, nowMs + Math.max(forgetMs, forMs));
  }
}

function accountBucket({ name, knownInstallation }: Guesser): string {
  const about = `${name.toLowerCase()}\n${knownInstallation ?? ""}`;
  return `account ${createHash("sha256").update(about).digest("base64url")}`;
}

/** An IPv6 customer has a whole /64. */
function addressBucket({ address }: Guesser): string {
  const network = address.includes(":") && !address.includes(".");
  return `address ${network ? address.split(":").slice(0, 4).join(":") : address}`;
}
