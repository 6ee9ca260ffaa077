/** Line drawings on a field of 24, all of one hand. */
const paths = {
  play: "M8 5.2v13.6L19 12z",
  pause: "M8 5v14M16 5v14",
  next: "M6 5.5v13l9-6.5zM18 5.5v13",
  previous: "M18 5.5v13L9 12zM6 5.5v13",
  heart: "M12 20S4 14.9 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 14.9 12 20 12 20z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  house: "M3.5 20V11a8.5 8.5 0 0 1 17 0v9M8 20v-8a4 4 0 0 1 8 0v8M3 20h18",
  sleeve: "M4 4h12v16H4zM16 7.5a5 5 0 0 1 0 9M8 12h4",
  list: "M4 6h10M4 11h10M4 16h6M17 18.5a2 2 0 1 0 0-.1V9l3.5-1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  down: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
  downKept: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5v8M8.5 12.5 12 16l3.5-3.5",
  queue: "M4 6h16M4 11h16M4 16h9",
  shuffle:
    "M4 7h3c5 0 5 10 10 10h3M4 17h3c1.6 0 2.7-1 3.5-2.3M13.5 9.3C14.3 8 15.4 7 17 7h3M17.5 4 20.5 7l-3 3M17.5 14l3 3-3 3",
  repeat: "M5 12V9.5A2.5 2.5 0 0 1 7.5 7H19M16 4l3 3-3 3M19 12v2.5a2.5 2.5 0 0 1-2.5 2.5H5M8 20l-3-3 3-3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  volume: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  chevron: "M5 9l7 7 7-7",
  shield: "M12 3.5 19 6v5.5c0 4.6-3 7.6-7 9-4-1.4-7-4.4-7-9V6z",
  plus: "M12 5v14M5 12h14",
  bin: "M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13",
} as const;

export type IconName = keyof typeof paths;

const filled: ReadonlySet<IconName> = new Set(["play"]);

/** Decoration: whatever it stands in has a name of its own. */
export function Icon({ name, full = false }: { readonly name: IconName; readonly full?: boolean }) {
  const solid = full || filled.has(name);
  return (
    <svg class={solid ? "icon icon-full" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** The proscenium: arches of a stage, which are rows of seats, which are sound. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <path d="M4 38V26a20 20 0 0 1 40 0v12" />
      <path d="M12 38V26a12 12 0 0 1 24 0v12" />
      <path d="M20 38V26a4 4 0 0 1 8 0v12" />
      <path class="mark-floor" d="M2 43h44" />
    </svg>
  );
}
