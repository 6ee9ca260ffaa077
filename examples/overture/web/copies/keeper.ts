import type { OfflineAnswer } from "../../src/api/offline-api.ts";
import type { PlaylistAnswer } from "../../src/api/playlists-api.ts";
import { problemTypes } from "../../src/api/problem.ts";
import { newInstallationKey } from "../../src/offline/index.ts";
import { noteCopiesEpoch } from "../cordon/ask.ts";
import { ApiError, get, send } from "../state/api.ts";
import { copies } from "./copies-state.ts";
import {
  dropCopies,
  fact,
  keepFact,
  keptCopies,
  keptPlaylists,
  openCopies,
  writeTogether,
} from "./database.ts";
import type { KeptCopy } from "./database.ts";
import { awaitTicket, fetchContent, fetchLicences, returnTicket } from "./fetch-content.ts";
import { copyOf, isStorageFull, keepTrack } from "./keep-track.ts";
import { openCopy } from "./opened-copy.ts";
import type { CopyRefusal } from "./opened-copy.ts";
import { noteServerTime, raiseEpoch } from "./seen-time.ts";

const coversCache = "overture-covers";
/** A licence is renewed online when less than this part of its time is left. */
const renewWhenLeft = 0.5;

function isOld({ issuedAt, expiresAt }: KeptCopy, serverMs: number): boolean {
  const endMs = Date.parse(expiresAt);
  return endMs - serverMs < renewWhenLeft * (endMs - Date.parse(issuedAt));
}

/** Keeps the offline playlists of this browser as the service wants them: wiped when their epoch is over, and fetched again. */
export class CopiesKeeper {
  readonly #database: IDBDatabase;
  #again = false;
  #running: Promise<void> | null = null;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Null where the browser keeps nothing. */
  static async open(): Promise<CopiesKeeper | null> {
    try {
      const keeper = new CopiesKeeper(await openCopies());
      await keeper.look();
      return keeper;
    } catch {
      copies.patch({ possible: false });
      return null;
    }
  }

  /** Reads anew what is kept here. */
  async look(): Promise<void> {
    const kept = await keptCopies(this.#database);
    const playlists = await keptPlaylists(this.#database);
    const estimate = await navigator.storage.estimate().catch(() => null);
    noteCopiesEpoch(kept.length === 0 ? null : Math.min(...kept.map(({ epoch }) => epoch)));
    copies.patch({
      kept: new Map(kept.map((copy) => [copy.trackId, copy])),
      playlists: playlists.map(({ id, playlist }) => ({
        id,
        name: playlist.name,
        trackIds: playlist.tracks.map((track) => track.id),
      })),
      requiredEpoch: (await fact(this.#database, "requiredEpoch")) ?? 0,
      usedBytes: kept.reduce((sum, { plainBytes }) => sum + plainBytes, 0),
      quotaBytes: estimate?.quota ?? null,
      persistent: await navigator.storage.persisted().catch(() => false),
    });
  }

  /** A playlist as it was when it was last seen online. */
  async playlist(id: string): Promise<PlaylistAnswer | null> {
    return (await keptPlaylists(this.#database)).find((each) => each.id === id)?.playlist ?? null;
  }

  owner() {
    return fact(this.#database, "owner");
  }

  /** Whose copies these are. Another account's, or those of an installation that is no more, go. */
  async belongTo(accountId: string, email: string, installationId: string): Promise<void> {
    const before = await this.owner();
    if (before !== undefined && before.accountId !== accountId) await this.forgetEverything();
    else if (before !== undefined && before.installationId !== installationId) await this.#drop(() => true);
    await keepFact(this.#database, "owner", { accountId, email, installationId });
  }

  /** After signing out: nothing of anybody stays. */
  async forgetEverything(): Promise<void> {
    await writeTogether(this.#database, ["facts", "copies", "chunks", "playlists"], (transaction) => {
      for (const store of ["copies", "chunks", "playlists"] as const) transaction.objectStore(store).clear();
      transaction.objectStore("facts").delete("key");
      transaction.objectStore("facts").delete("owner");
    });
    await caches.delete(coversCache);
    await this.look();
  }

  async take(playlist: PlaylistAnswer): Promise<void> {
    try {
      await this.#keepPlaylist(playlist);
    } catch (error) {
      // Not even its names find space.
      this.#tell(error);
      return;
    }
    void navigator.storage.persist().catch(() => false);
    await this.look();
    await this.sync();
  }

  async release(playlistId: string): Promise<void> {
    await writeTogether(this.#database, ["playlists"], (transaction) => {
      transaction.objectStore("playlists").delete(playlistId);
    });
    await this.#dropUnwanted();
    await this.look();
    copies.patch({ trouble: null });
    await send("DELETE", `/api/offline/playlists/${encodeURIComponent(playlistId)}`).catch(() => undefined);
  }

  /** The epoch that the policy asks for has risen: older copies go at once, also when the service can't be reached. */
  async recall(epoch: number): Promise<void> {
    const required = await raiseEpoch(this.#database, epoch);
    const dropped = await this.#drop((copy) => copy.epoch < required);
    if (dropped > 0) copies.patch({ recalled: copies.value.recalled + dropped });
    await this.look();
  }

  /** Whether a track's copy is whole; one that is not is thrown away. */
  async verify(trackId: string, title: string): Promise<CopyRefusal | "plays" | "damaged"> {
    const opened = await openCopy(this.#database, trackId, Date.now());
    if (typeof opened === "string") return opened;
    try {
      for (let at = 0; at * 65_536 < opened.copy.plainBytes; at += 1) await opened.chunk(at);
      return "plays";
    } catch {
      await dropCopies(this.#database, [trackId]);
      await this.look();
      copies.patch({ trouble: { kind: "damaged", title } });
      return "damaged";
    }
  }

  /** Brings everything up to date; once more when asked again meanwhile. One browser tab does it for all. */
  sync(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#syncAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #syncAll(): Promise<void> {
    await navigator.locks.request("overture-copies", async () => {
      while (this.#again) {
        this.#again = false;
        try {
          await this.#syncOnce();
          if (copies.value.trouble?.kind === "failed") copies.patch({ trouble: null });
        } catch (error) {
          this.#tell(error);
        }
        copies.patch({ activity: { kind: "idle" } });
        await this.look();
      }
    });
  }

  #tell(error: unknown): void {
    if (error instanceof ApiError && error.type === problemTypes.epochOutdated) {
      this.#again = true;
    } else if (isStorageFull(error)) {
      const { kept, playlists } = copies.value;
      copies.patch({
        trouble: {
          kind: "full",
          kept: kept.size,
          of: new Set(playlists.flatMap(({ trackIds }) => trackIds)).size,
        },
      });
    } else if (
      error instanceof ApiError &&
      (error.status === 0 || error.status === 401 || error.status === 403)
    ) {
      // Away, or something is to be done first, which is said elsewhere: the next start or sign-in goes on with it.
    } else {
      copies.patch({
        trouble: { kind: "failed", why: error instanceof Error ? error.message : String(error) },
      });
    }
  }

  async #syncOnce(): Promise<void> {
    const told = await get<OfflineAnswer>("/api/offline");
    await noteServerTime(this.#database, Date.parse(told.now));
    await this.recall(told.epoch);
    const wanted = await this.#playlists(told);
    if (wanted.length === 0) return;
    const privateKey = await this.#enrol(told.enrolled);
    const titles = new Map(wanted.flatMap(({ tracks }) => tracks.map((track) => [track.id, track.title])));
    const have = copies.value.kept;
    const missing = [...titles.keys()].filter((id) => !have.has(id));
    const old = [...have].filter(([, copy]) => isOld(copy, Date.parse(told.now))).map(([id]) => id);
    const licences = await this.#licences([...missing, ...old], told.epoch);
    const fresh = new Set(missing);
    await writeTogether(this.#database, ["copies"], (transaction) => {
      for (const licence of licences)
        if (!fresh.has(licence.trackId)) transaction.objectStore("copies").put(copyOf(licence));
    });
    const toFetch = licences.filter(({ trackId }) => fresh.has(trackId));
    if (toFetch.length === 0) {
      copies.patch({ recalled: 0 });
      return;
    }
    const ticket = await awaitTicket((place) => copies.patch({ activity: { kind: "waiting", place } }));
    try {
      for (const [done, licence] of toFetch.entries()) {
        const title = titles.get(licence.trackId) ?? "";
        copies.patch({ activity: { kind: "fetching", done, of: toFetch.length, title } });
        await keepTrack(this.#database, licence, await fetchContent(licence, ticket), privateKey);
        await this.look();
      }
      copies.patch({ recalled: 0, trouble: null });
    } finally {
      await returnTicket(ticket);
    }
  }

  /** Licences; a server that believes older copies to be here is told first that they are not. */
  async #licences(trackIds: readonly string[], epoch: number) {
    const onTime = (serverMs: number) => noteServerTime(this.#database, serverMs);
    try {
      return await fetchLicences(trackIds, onTime);
    } catch (error) {
      if (!(error instanceof ApiError) || error.type !== problemTypes.wipeFirst) throw error;
      await send("POST", "/api/offline/wiped", { epoch });
      return fetchLicences(trackIds, onTime);
    }
  }

  /** This installation's key; the private half never leaves the browser. */
  async #enrol(enrolled: boolean): Promise<CryptoKey> {
    const owner = await this.owner();
    const installationId = owner?.installationId ?? "";
    let key = await fact(this.#database, "key");
    if (key?.installationId !== installationId) {
      key = { installationId, ...(await newInstallationKey()) };
      await keepFact(this.#database, "key", key);
      enrolled = false;
    }
    if (!enrolled) {
      const spki = btoa(String.fromCharCode(...key.publicKey));
      await send("PUT", "/api/offline/key", { spki });
    }
    return key.privateKey;
  }

  /** The playlists to keep, with their tracks as they are now; what nobody wants any more is removed. */
  async #playlists({ playlistIds }: OfflineAnswer): Promise<readonly PlaylistAnswer[]> {
    const here = (await keptPlaylists(this.#database)).map(({ id }) => id);
    const wanted: PlaylistAnswer[] = [];
    for (const id of new Set([...here, ...playlistIds])) {
      const path = encodeURIComponent(id);
      try {
        if (!playlistIds.includes(id)) await send("PUT", `/api/offline/playlists/${path}`);
        const playlist = await get<PlaylistAnswer>(`/api/playlists/${path}`);
        await this.#keepPlaylist(playlist);
        wanted.push(playlist);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        await writeTogether(this.#database, ["playlists"], (transaction) => {
          transaction.objectStore("playlists").delete(id);
        });
      }
    }
    await this.#dropUnwanted();
    await this.look();
    return wanted;
  }

  /** Names, order and covers, so that the playlist can be looked at without a network. */
  async #keepPlaylist(playlist: PlaylistAnswer): Promise<void> {
    await writeTogether(this.#database, ["playlists"], (transaction) => {
      transaction.objectStore("playlists").put({ id: playlist.id, playlist });
    });
    const covers = [playlist, ...playlist.tracks]
      .map(({ coverUrl }) => coverUrl)
      .filter((url) => url !== null);
    const cache = await caches.open(coversCache);
    for (const url of new Set(covers)) {
      if ((await cache.match(url)) === undefined) await cache.add(url).catch(() => undefined);
    }
  }

  async #dropUnwanted(): Promise<void> {
    const playlists = await keptPlaylists(this.#database);
    const wanted = new Set(playlists.flatMap(({ playlist }) => playlist.tracks.map(({ id }) => id)));
    await this.#drop(({ trackId }) => !wanted.has(trackId));
  }

  async #drop(
    goes: (copy: { readonly trackId: string; readonly epoch: number }) => boolean,
  ): Promise<number> {
    const going = (await keptCopies(this.#database)).filter(goes).map(({ trackId }) => trackId);
    if (going.length > 0) await dropCopies(this.#database, going);
    return going.length;
  }
}
