import type { Account, Accounts } from "./accounts.ts";
import type { GuessLimit } from "./guess-limit.ts";
import type { Installations } from "./installations.ts";

interface Guess {
  readonly email: string;
  readonly password: string;
  readonly address: string;
  /** The installation that the guess comes from, as it says; null: it says none. */
  readonly installationId: string | null;
}

type PasswordVerdict =
  | { readonly kind: "right"; readonly account: Account }
  | { readonly kind: "wrong" }
  | { readonly kind: "blocked"; readonly retryAfterSeconds: number };

interface PasswordCheckOptions {
  readonly accounts: Accounts;
  readonly installations: Installations;
  readonly limit: GuessLimit;
  readonly nowMs: () => number;
}

/** The one place where passwords are tried, so that no door is left without a limit. */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;

  constructor(options: PasswordCheckOptions) {
    this.#options = options;
  }

  async try(guess: Guess): Promise<PasswordVerdict> {
    const { accounts, limit, nowMs } = this.#options;
    const guesser = {
      name: guess.email,
      address: guess.address,
      knownInstallation: this.#knownInstallation(guess),
    };
    const blockedMs = limit.blockedMs(guesser, nowMs());
    if (blockedMs > 0) return { kind: "blocked", retryAfterSeconds: Math.ceil(blockedMs / 1000) };
    const account = await accounts.signIn(guess.email, guess.password);
    if (account === null) {
      limit.wrong(guesser, nowMs());
      return { kind: "wrong" };
    }
    limit.right(guesser);
    return { kind: "right", account };
  }

  #knownInstallation({ email, installationId }: Guess): string | null {
    if (installationId === null) return null;
    const accountId = this.#options.installations.find(installationId)?.accountId;
    if (accountId === undefined) return null;
    return this.#options.accounts.findByEmail(email)?.id === accountId ? installationId : null;
  }
}
