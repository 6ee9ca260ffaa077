import type { Contact as DirectoryContact, Directory } from "@cordon/lake";
import { contactsPageMax, type Audience, type Recipient } from "@cordon/notices";
import { parseInstant } from "@cordon/model";
import type { ContactHistory } from "./contact-history.ts";
import type { DutyRoll } from "./duty-roll.ts";

/**
 * Who gets a notice, as a rule that means the same people whenever it is evaluated: ordinals never change, accounts
 * that come later have higher ones, and when somebody left is kept.
 */
export interface Recipients {
  /** Ordinals of the people whom the evidence names and the directory holds. */
  readonly affected: readonly number[];
  /** How many the evidence names and the directory lacks. */
  readonly unreachable: number;
  /** Everybody else: ordinals below this one … */
  readonly ordinalsBelow: number;
  /** … who had not left at this instant … */
  readonly presentAt: string;
  /** … and are no decoys. */
  readonly decoys: readonly number[];
}

export async function settleRecipients(
  directory: Directory,
  affected: readonly string[],
  decoys: readonly string[],
): Promise<Recipients> {
  const state = await directory.state();
  const named = await directory.evaluateCohort({ accounts: affected });
  const planted = await directory.evaluateCohort({ accounts: decoys });
  return {
    affected: [...named.ordinals].sort((a, b) => a - b),
    unreachable: affected.length - named.accountIds.length,
    ordinalsBelow: state.accounts,
    presentAt: state.asOf,
    decoys: [...planted.ordinals].sort((a, b) => a - b),
  };
}

/** Ordinals of everybody else, in batches. The affected may be among them: the ledger leaves them out. */
export async function* everybodyElse(directory: Directory, recipients: Recipients): AsyncGenerator<number[]> {
  const presentAtMs = parseInstant(recipients.presentAt) ?? Infinity;
  for await (const page of recipientPages(directory, recipients)) {
    yield page
      .filter(({ leftAtMs }) => leftAtMs === null || leftAtMs > presentAtMs)
      .map(({ ordinal }) => ordinal);
  }
}

/** Everybody who gets a notice, the affected too, as the directory has them now. */
export async function* recipientPages(
  directory: Directory,
  recipients: Recipients,
): AsyncGenerator<DirectoryContact[]> {
  const presentAtMs = parseInstant(recipients.presentAt) ?? Infinity;
  const decoys = new Set(recipients.decoys);
  const affected = new Set(recipients.affected);
  let afterOrdinal: number | null = null;
  for (;;) {
    const page: readonly DirectoryContact[] = await directory.contacts({
      afterOrdinal,
      limit: contactsPageMax,
    });
    const last = page.at(-1);
    if (last === undefined) return;
    afterOrdinal = last.ordinal;
    yield page.filter(
      ({ ordinal, leftAtMs }) =>
        affected.has(ordinal) ||
        (ordinal < recipients.ordinalsBelow &&
          (leftAtMs === null || leftAtMs > presentAtMs) &&
          !decoys.has(ordinal)),
    );
    if (last.ordinal >= recipients.ordinalsBelow - 1) return;
  }
}

/** Where each of some people can be written to, and what they meet where a roll says so; `ordinals` ascend. */
export async function contactsOf(
  directory: Directory,
  ordinals: readonly number[],
  roll: DutyRoll | null = null,
  was: (ordinal: number) => Audience | null = () => null,
  history: ContactHistory | null = null,
): Promise<ReadonlyMap<number, Recipient>> {
  const contacts = new Map<number, Recipient>();
  const [first] = ordinals;
  const last = ordinals.at(-1);
  if (first === undefined || last === undefined) return contacts;
  // A stretch with few gaps is one read; people far apart are read one by one.
  const dense = last - first < ordinals.length * 4;
  const wanted = new Set(ordinals);
  const pages = dense
    ? [{ afterOrdinal: first - 1, limit: last - first + 1 }]
    : ordinals.map((ordinal) => ({ afterOrdinal: ordinal - 1, limit: 1 }));
  for (const page of pages) {
    for (const { ordinal, accountId, email, locale, market } of await directory.contacts(page)) {
      if (wanted.has(ordinal)) {
        contacts.set(ordinal, {
          accountId,
          // An address that was taken away altogether: the former one is all there is.
          email: email ?? history?.formerEmails(accountId)[0] ?? null,
          locale,
          market,
          duties: roll?.dutiesOf(ordinal) ?? null,
          was: was(ordinal),
          formerEmails: history?.formerEmails(accountId) ?? [],
        });
      }
    }
  }
  return contacts;
}
