import { render } from "preact";

import { App } from "./app.tsx";
import { listenToMediaKeys } from "./state/player.ts";
import { open } from "./state/session.ts";

const root = document.querySelector("#overture");
if (root === null) throw new Error("the page has no place for the player");
render(<App />, root);
listenToMediaKeys();
void open();
// Without it (a barred one, or plain HTTP from another machine) there are no offline playlists; the rest plays all the same.
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
