import type { DatabaseSync } from "node:sqlite";

import type { MailPort } from "../mail/mail-port.ts";
import { AccountSessions } from "./account-sessions.ts";
import { Accounts } from "./accounts.ts";
import { ApiKeys } from "./api-keys.ts";
import { GuessLimit } from "./guess-limit.ts";
import type { GuessPolicy } from "./guess-limit.ts";
import { Installations } from "./installations.ts";
import { PasswordCheck } from "./password-check.ts";
import type { PasswordCost } from "./password-hash.ts";
import { PasswordResets } from "./password-resets.ts";
import { Recovery } from "./recovery.ts";
import { WayBack } from "./way-back.ts";
import { WebSessions } from "./web-sessions.ts";

export interface AccountsOptions {
  readonly passwordCost: PasswordCost;
  readonly guessPolicy: GuessPolicy;
  readonly mail: MailPort;
  /** Rest of a recovery case before it can be approved. */
  readonly caseRestMs: number;
  /** How long a browser stays signed in, as an app does by its refresh token. */
  readonly refreshTokenMs: number;
  readonly nowMs: () => number;
  readonly onUnexpected: (error: unknown) => void;
}

/** Everything about accounts, on one database. `origin` is where links in messages lead. */
export function openAccounts(database: DatabaseSync, options: AccountsOptions, origin: () => string) {
  const { nowMs } = options;
  const accounts = new Accounts(database, options.passwordCost);
  const installations = new Installations(database);
  const accountSessions = new AccountSessions(database);
  const webSessions = new WebSessions(database, options.refreshTokenMs);
  const apiKeys = new ApiKeys(database);
  const resets = new PasswordResets(database);
  const recovery = new Recovery(database);
  const limit = new GuessLimit(database, options.guessPolicy);
  const passwords = new PasswordCheck({ accounts, installations, limit, nowMs });
  const wayBack = new WayBack({ ...options, accounts, accountSessions, resets, recovery, limit, origin });
  const dropExpired = () => {
    const now = nowMs();
    webSessions.dropExpired(now);
    resets.dropExpired(now);
    limit.dropForgotten(now);
  };
  return {
    accounts,
    installations,
    accountSessions,
    webSessions,
    apiKeys,
    recovery,
    limit,
    passwords,
    wayBack,
    dropExpired,
  };
}

export type OpenAccounts = ReturnType<typeof openAccounts>;
