import { CordonClient } from "@cordon/client";
import type { Answer, Directive } from "@cordon/client";

import { Store } from "../state/store.ts";
import { playerBuild } from "./build.ts";

export const build = playerBuild();
const buildHeader = `${build.platform}/${build.store}/${build.version}`;

/** The lowest epoch of the copies in this browser, kept by `copies`; null: none are here. */
let copiesEpoch: number | null = null;
export function noteCopiesEpoch(epoch: number | null): void {
  copiesEpoch = epoch;
}

const withBuild: typeof globalThis.fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("overture-build", buildHeader);
  return fetch(input, { ...init, headers });
};

/** Asks what this player must do. The service enforces; here it is explained. */
export const cordon = new CordonClient({
  url: location.origin,
  context: () => ({ ...build, ...(copiesEpoch === null ? {} : { offlineEpoch: copiesEpoch }) }),
  nowMs: Date.now,
  random: Math.random,
  storage: localStorage,
  visibility: document,
  fetch: withBuild,
});

export const { guardedFetch } = cordon;

/** What the service asks of this player now; empty for those who need do nothing. */
export const directives = new Store<readonly Directive[]>([]);
cordon.onAnswer((answer: Answer) => directives.set(answer.directives));
