/* global document, localStorage, location */
import { CordonClient } from "../../src/index.ts";

/** A player: it asks at start, shows what it must do, and listens to music when told to. */
const epochs = [];
const client = new CordonClient({
  url: location.origin,
  context: () => ({ platform: "web", offlineEpoch: 1 }),
  nowMs: Date.now,
  random: Math.random,
  storage: localStorage,
  visibility: document,
  askAtLeastMs: 20,
});
client.onAnswer(({ directives }) => {
  document.title =
    directives.map(({ measure, rule }) => `${measure} by ${rule}`).join(", ") || "nothing to do";
});
client.onOfflineEpoch((epoch) => epochs.push(epoch));
void client.ask();

Object.assign(globalThis, {
  listen: async () => {
    const response = await client.guardedFetch("/listen");
    return `${response.status} ${await response.text()}`;
  },
  ask: () => client.ask(),
  epochs: () => epochs,
});
