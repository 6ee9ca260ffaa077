import { Store } from "./store.ts";

/** One line that is said and goes away; the newest one counts. */
export const told = new Store<{ readonly text: string; readonly at: number } | null>(null);

const staysMs = 6_000;

export function tell(text: string): void {
  const at = Date.now();
  told.set({ text, at });
  setTimeout(() => {
    if (told.value?.at === at) told.set(null);
  }, staysMs);
}
