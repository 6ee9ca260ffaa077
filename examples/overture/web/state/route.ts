import { Store } from "./store.ts";

/** A page of the player, as its fragment says: `#/album/a-1` is `["album", "a-1"]`. */
export type Route = readonly string[];

function read(): Route {
  return location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

export const route = new Store<Route>(read());

export function hrefOf(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function goTo(...parts: readonly string[]): void {
  location.hash = hrefOf(...parts);
}

addEventListener("hashchange", () => {
  route.set(read());
  // A new page begins at its top, and whoever listens to it hears its heading first.
  scrollTo(0, 0);
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true }));
});
