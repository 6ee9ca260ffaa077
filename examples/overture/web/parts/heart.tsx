import type { FavouriteKind } from "../../src/api/library-api.ts";
import { isMarked, mark, marked } from "../state/favourites.ts";
import { useStore } from "../state/store.ts";
import { Icon } from "./icon.tsx";

interface HeartProps {
  readonly kind: FavouriteKind;
  readonly of: { readonly id: string; readonly favourite: boolean };
  readonly name: string;
}

export function Heart({ kind, of, name }: HeartProps) {
  const marks = useStore(marked, (all) => all);
  const on = isMarked(marks, kind, of);
  return (
    <button
      type="button"
      class={on ? "quiet heart is-on" : "quiet heart"}
      aria-pressed={on}
      aria-label={`Favourite: ${name}`}
      onClick={() => void mark(kind, of.id, !on)}
    >
      <Icon name="heart" full={on} />
    </button>
  );
}
