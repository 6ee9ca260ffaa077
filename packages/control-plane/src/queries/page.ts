import { InputError } from "@cordon/model";

/** Which part of a list is asked for. */
export interface PageRequest {
  /** `next` of the page before; null: from the beginning. */
  readonly cursor: string | null;
  readonly limit: number;
}

/**
 * A page of a list whose entries are only ever added at its end: a cursor is the place after the last entry that was read. Throws
 * an InputError for a cursor that no page gave.
 */
export function pageOf<T>(
  all: readonly T[],
  { cursor, limit }: PageRequest,
): { readonly entries: readonly T[]; readonly next: string | null } {
  const from = cursor === null ? 0 : placeOf(cursor);
  const entries = all.slice(from, from + limit);
  const end = from + entries.length;
  return { entries, next: end < all.length ? `p${end}` : null };
}

function placeOf(cursor: string): number {
  const digits = /^p(\d{1,15})$/.exec(cursor)?.[1];
  if (digits === undefined)
    throw new InputError(["cursor"], `\`${cursor}\` is no cursor`, "`next` of a page");
  return Number(digits);
}
