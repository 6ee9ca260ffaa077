import { covers } from "@cordon/model";
import type { AccountBounds, DataClasses } from "@cordon/scope";

/** What a claim and an answer both say of people and data. */
export interface Contradictable {
  readonly accounts: AccountBounds;
  readonly dataClasses: DataClasses;
  /** The accounts named, sorted by code point; null when there are too many to keep. */
  readonly accountIds: readonly string[] | null;
}

/**
 * Why a later answer to the same question no longer supports what was claimed; null when everything that was said
 * still follows from it. An answer that only knows more (narrower bounds, fewer open classes) contradicts nothing.
 */
export function contradiction(claimed: Contradictable, later: Contradictable): string | null {
  const { accounts, dataClasses } = claimed;
  if (later.accounts.atLeast < accounts.atLeast || later.accounts.atMost > accounts.atMost) {
    return `it was said that ${bounds(accounts)} are concerned, a later answer says ${bounds(later.accounts)}`;
  }
  // Equal bounds may still be no longer certain: `exactly` needs complete coverage.
  if (accounts.kind === "exactly" && later.accounts.kind !== "exactly") {
    return `it was said that ${bounds(accounts)} are concerned, a later answer can no longer say so`;
  }
  const nowOpen = dataClasses.notAccessed.find((name) => !later.dataClasses.notAccessed.includes(name));
  if (nowOpen !== undefined)
    return `it was said that \`${nowOpen}\` was not accessed, a later answer does not show that`;
  const noLonger = dataClasses.accessed.find((name) => !later.dataClasses.accessed.includes(name));
  if (noLonger !== undefined)
    return `it was said that \`${noLonger}\` was accessed, a later answer does not show that`;
  // A class of which nothing was said was taken for one that nobody read.
  const unsaid = [...later.dataClasses.accessed, ...later.dataClasses.unknown].find(
    (name) => !saidOf(dataClasses).some((one) => covers(one, name)),
  );
  if (unsaid !== undefined)
    return `nothing was said of \`${unsaid}\`, a later answer finds that it was accessed or may have been`;
  if (!sameAccounts(claimed.accountIds, later.accountIds)) return "a later answer names other people";
  return null;
}

function saidOf({ accessed, notAccessed, unknown }: DataClasses): string[] {
  return [...accessed, ...notAccessed, ...unknown];
}

function bounds(accounts: AccountBounds): string {
  if (accounts.kind === "exactly") return `exactly ${accounts.atLeast}`;
  return `between ${accounts.atLeast} and ${accounts.atMost}`;
}

function sameAccounts(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
