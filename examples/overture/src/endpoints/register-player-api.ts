import type { DatabaseSync } from "node:sqlite";

import type { EnforcementPoint } from "@cordon/enforcement";
import type { FastifyInstance } from "fastify";

import type { OpenAccounts } from "../accounts/open-accounts.ts";
import type { OpenLibrary } from "../library/open-library.ts";
import { Favourites } from "../listening/favourites.ts";
import { LibraryView } from "../listening/library-view.ts";
import { PlayQueues } from "../listening/play-queues.ts";
import { Playlists } from "../listening/playlists.ts";
import { Plays } from "../listening/plays.ts";
import { AdmissionQueue } from "../offline-copies/admission-queue.ts";
import type { AdmissionPolicy } from "../offline-copies/admission-queue.ts";
import { OfflineStore } from "../offline-copies/offline-store.ts";
import { OpenStreams } from "../streaming/open-streams.ts";
import { registerApiKeys } from "./api-keys.ts";
import { registerCovers } from "./covers.ts";
import { registerDevices } from "./devices.ts";
import { registerDownloadTickets } from "./download-tickets.ts";
import { registerFavourites } from "./favourites.ts";
import { registerHelp } from "./help.ts";
import type { ToldNotices } from "./help.ts";
import { registerLibrary } from "./library.ts";
import { registerLicences, registerOffline } from "./offline.ts";
import { registerOfflineContent } from "./offline-content.ts";
import { registerOwnPassword } from "./own-password.ts";
import { registerPlayQueue } from "./play-queue.ts";
import { registerPlaylists } from "./playlists.ts";
import { registerPlays } from "./plays.ts";
import { registerRecoveryCodes } from "./recovery-codes.ts";
import { registerSession } from "./session.ts";
import { registerSignOut } from "./sign-out.ts";
import { registerStream } from "./stream.ts";
import { registerWayBack } from "./way-back.ts";

interface PlayerApiOptions {
  readonly database: DatabaseSync;
  readonly people: OpenAccounts;
  readonly library: OpenLibrary;
  readonly point: EnforcementPoint;
  readonly offlineSecret: string;
  readonly licenceMs: number;
  readonly admission: AdmissionPolicy;
  readonly advisoryUrl: string | null;
  readonly told: ToldNotices;
  readonly secureCookies: boolean;
  readonly nowMs: () => number;
}

/** What people keep, and what streams to them: the same for the player and for older clients. */
export function openListening(database: DatabaseSync, { library }: Pick<OpenLibrary, "library">) {
  const favourites = new Favourites(database);
  const plays = new Plays(database);
  const view = new LibraryView(library, favourites, plays);
  return {
    favourites,
    plays,
    view,
    playlists: new Playlists(database),
    queues: new PlayQueues(database),
    streams: new OpenStreams(),
  };
}

export type Listening = ReturnType<typeof openListening>;

/** Everything below /api/ but the sign-in itself. */
export function registerPlayerApi(
  app: FastifyInstance,
  options: PlayerApiOptions,
  listening: Listening,
): void {
  const { database, people, point, nowMs } = options;
  const { library, covers, isScanning } = options.library;
  registerSession(app, people.accounts);
  registerSignOut(app, { ...people, nowMs });
  registerDevices(app, { ...people, nowMs });
  registerOwnPassword(app, { ...people, ...options });
  registerWayBack(app, people.wayBack);
  registerRecoveryCodes(app, people.recovery);
  registerApiKeys(app, { ...people, nowMs });

  registerLibrary(app, { ...listening, library, isScanning });
  registerFavourites(app, { ...listening, library, isScanning, nowMs });
  registerPlays(app, { ...listening, library, nowMs });
  registerPlaylists(app, { ...listening, library, nowMs });
  registerPlayQueue(app, { ...listening, library, nowMs });
  registerCovers(app, covers);
  registerStream(app, { ...listening, library });

  const { installations } = people;
  const offline = {
    ...options,
    installations,
    library,
    playlists: listening.playlists,
    store: new OfflineStore(database),
    master: options.offlineSecret,
  };
  const queue = new AdmissionQueue(database, options.admission);
  registerOffline(app, offline);
  registerLicences(app, offline);
  registerOfflineContent(app, { ...offline, queue, streams: listening.streams });
  registerDownloadTickets(app, { queue, nowMs });
  registerHelp(app, { ...options, point });
}
