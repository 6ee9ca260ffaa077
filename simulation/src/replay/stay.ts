import { webPlayerVersion } from "@cordon/overture";
import { seesBundle } from "../drill/bundle-watch.ts";
import type { Display } from "../drill/display.ts";
import type { DrillOptions } from "../drill/drill-options.ts";
import { offlineEpoch } from "../drill/measures.ts";
import { operators } from "../drill/operators.ts";
import type { Stage } from "../drill/stage.ts";
import { passwordOf } from "../population/credentials.ts";
import { Population } from "../population/population.ts";
import { IncidentReplay } from "./incident-replay.ts";
import { startReplayServer } from "./replay-server.ts";

interface StayInput {
  readonly options: DrillOptions;
  readonly display: Display;
  readonly signal: AbortSignal;
}

/** What goes on after the drill: the control plane, and the drilled service for people. */
interface Stayed {
  /** Rejects when the player can't be opened. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** One of the listeners, for whoever wants to sign in. */
const listener = 1;

/** Opens the player for people, and replays the incident for those who ask there. Says where, and how to sign in. */
export function stay(stage: Stage, { options, display, signal }: StayInput): Stayed {
  const { home, accounts, seed } = options;
  const opened = startReplayServer().then(async (server) => {
    const playerUrl = await stage.openPlayer(server);
    server.play(
      new IncidentReplay({
        operators: await operators(home, stage.controlPlane.url),
        fixedVersion: webPlayerVersion,
        // The link names the version that it leads to.
        playerUrl: `${playerUrl}/?build=web/website/${webPlayerVersion}`,
        epochBefore: offlineEpoch,
        enforced: async (version) => {
          await seesBundle(playerUrl, version, { nowMs: Date.now, signal });
        },
        signal,
      }),
    );
    const person = new Population({ accounts, seed }).person(Math.min(listener, accounts - 1));
    display.note(`the control plane goes on at ${stage.controlPlane.url} (Ctrl-C ends it)`);
    display.note(`the player is open at ${playerUrl}: sign in as ${person.email}`);
    display.note(`with the password ${passwordOf(seed, person.index)}, and replay the incident`);
    return server;
  });
  const failed = opened.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  return {
    failed,
    close: async () => {
      const server = await opened.catch(() => null);
      await server?.close();
    },
  };
}
