import type { Directory } from "@cordon/lake";
import { contactsPageMax, type Contact } from "@cordon/notices";
import { parseInstant } from "@cordon/model";

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
  const decoys = new Set(recipients.decoys);
  let afterOrdinal: number | null = null;
  for (;;) {
    const page: Awaited<ReturnType<Directory["contacts"]>> = await directory.contacts({
      afterOrdinal,
      limit: contactsPageMax,
    });
    const last = page.at(-1);
    if (last === undefined) return;
    afterOrdinal = last.ordinal;
    yield page
      .filter(
        ({ ordinal, leftAtMs }) =>
          ordinal < recipients.ordinalsBelow && (leftAtMs === null || leftAtMs > presentAtMs),
      )
      .map(({ ordinal }) => ordinal)
      .filter((ordinal) => !decoys.has(ordinal));
    if (last.ordinal >= recipients.ordinalsBelow - 1) return;
  }
}

/** Where each of some people can be written to; `ordinals` ascend. */
export async function contactsOf(
  directory: Directory,
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, Contact>> {
  const contacts = new Map<number, Contact>();
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
    for (const { ordinal, accountId, email, locale } of await directory.contacts(page)) {
      if (wanted.has(ordinal)) contacts.set(ordinal, { accountId, email, locale });
    }
  }
  return contacts;
}
