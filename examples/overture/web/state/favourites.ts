import type { FavouriteKind } from "../../src/api/library-api.ts";
import { send } from "./api.ts";
import { Store } from "./store.ts";

/** What was marked or unmarked here since the page's answers came. */
export const marked = new Store<ReadonlyMap<string, boolean>>(new Map());

export function isMarked(
  marks: ReadonlyMap<string, boolean>,
  kind: FavouriteKind,
  { id, favourite }: { readonly id: string; readonly favourite: boolean },
): boolean {
  return marks.get(`${kind}/${id}`) ?? favourite;
}

/** Shows the mark at once, and takes it back when the service does not keep it. */
export async function mark(kind: FavouriteKind, id: string, favourite: boolean): Promise<void> {
  const key = `${kind}/${id}`;
  const put = (value: boolean) => marked.set(new Map(marked.value).set(key, value));
  put(favourite);
  try {
    await send(favourite ? "PUT" : "DELETE", `/api/favourites/${kind}/${encodeURIComponent(id)}`);
  } catch {
    put(!favourite);
  }
}
