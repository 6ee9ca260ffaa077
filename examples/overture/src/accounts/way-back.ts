import type { MailPort } from "../mail/mail-port.ts";
import type { AccountSessions } from "./account-sessions.ts";
import type { Accounts } from "./accounts.ts";
import type { GuessLimit } from "./guess-limit.ts";
import type { PasswordResets } from "./password-resets.ts";
import type { Recovery } from "./recovery.ts";

interface WayBackOptions {
  readonly accounts: Accounts;
  readonly accountSessions: AccountSessions;
  readonly resets: PasswordResets;
  readonly recovery: Recovery;
  readonly limit: GuessLimit;
  readonly mail: MailPort;
  /** Where the links in messages lead: the service's origin, never what a request says of itself. */
  readonly origin: () => string;
  /** How long a case rests before it can be approved, so that the owner's objection can arrive. */
  readonly caseRestMs: number;
  readonly nowMs: () => number;
  /** Told when a message could not be sent. */
  readonly onUnexpected: (error: unknown) => void;
}

type ByCode =
  { readonly kind: "done" | "wrong" } | { readonly kind: "blocked"; readonly retryAfterSeconds: number };

/** How people get back in who can't sign in. What is answered never says whether there is such an account. */
export class WayBack {
  readonly #options: WayBackOptions;

  constructor(options: WayBackOptions) {
    this.#options = options;
  }

  /** Sets a password and ends every session of the account: whoever else was in is out. */
  setPassword(accountId: string, password: string): void {
    const { accounts, accountSessions, nowMs } = this.#options;
    const now = nowMs();
    accounts.setPassword(accountId, password, now);
    accountSessions.endAll(accountId, now);
  }

  /** Sends a link to the account's address, if there is such an account. Messages of one account or address are limited. */
  forgotten(email: string, address: string): void {
    const { accounts, resets, nowMs } = this.#options;
    if (this.#isFlooded("forgotten", email, address)) return;
    const account = accounts.findByEmail(email);
    if (account === null) return;
    this.#sendLink(account.email, resets.make(account.id, nowMs()));
  }

  /** False when the link has expired or was used. */
  reset(token: string, newPassword: string): boolean {
    const accountId = this.#options.resets.use(token, this.#options.nowMs());
    if (accountId === null) return false;
    this.setPassword(accountId, newPassword);
    return true;
  }

  isResettable(token: string): boolean {
    return this.#options.resets.accountOf(token, this.#options.nowMs()) !== null;
  }

  byCode(email: string, code: string, newPassword: string, address: string): ByCode {
    const { accounts, recovery, limit, nowMs } = this.#options;
    const guesser = { name: `recovery ${email}`, address, knownInstallation: null };
    const blockedMs = limit.blockedMs(guesser, nowMs());
    if (blockedMs > 0) return { kind: "blocked", retryAfterSeconds: Math.ceil(blockedMs / 1000) };
    const account = accounts.findByEmail(email);
    if (account === null || !recovery.useCode(account.id, code)) {
      limit.wrong(guesser, nowMs());
      return { kind: "wrong" };
    }
    limit.right(guesser);
    this.setPassword(account.id, newPassword);
    return { kind: "done" };
  }

  openCase(email: string, contact: string, words: string, address: string): void {
    const { accounts, recovery, nowMs } = this.#options;
    if (this.#isFlooded("case", email, address)) return;
    const account = accounts.findByEmail(email);
    if (account === null || !recovery.openCase(account.id, contact, words, nowMs())) return;
    this.#send({
      to: account.email,
      subject: "Somebody asks for access to your Overture account",
      text:
        "Somebody says that they are you and can't read mail at this address any more. If that is not you, sign in and answer us: " +
        "until then nobody gets in.",
    });
  }

  /** Support believes the person: a link goes to the address they gave. False when there is no such case, or it still rests. */
  approve(caseId: string): boolean {
    const { recovery, resets, caseRestMs, nowMs } = this.#options;
    const closed = recovery.close(caseId, nowMs() - caseRestMs, nowMs());
    if (closed === null) return false;
    this.#sendLink(closed.contact, resets.make(closed.accountId, nowMs()));
    return true;
  }

  #isFlooded(what: string, email: string, address: string): boolean {
    const { limit, nowMs } = this.#options;
    const guesser = { name: `${what} ${email}`, address: `${what} ${address}`, knownInstallation: null };
    if (limit.blockedMs(guesser, nowMs()) > 0) return true;
    limit.wrong(guesser, nowMs());
    return false;
  }

  #sendLink(to: string, token: string): void {
    const url = `${this.#options.origin()}/reset?token=${token}`;
    this.#send({
      to,
      subject: "Set a new password for Overture",
      text: `Set a new password within an hour:\n\n${url}\n\nIf you did not ask for this, nothing has changed.`,
    });
  }

  #send(message: Parameters<MailPort["send"]>[0]): void {
    // Not awaited: an answer that takes longer for real accounts would say which ones are.
    this.#options.mail.send(message).catch(this.#options.onUnexpected);
  }
}
