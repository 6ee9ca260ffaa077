import type { Track } from "../../src/api/library-api.ts";
import type { Played } from "../../src/api/library-api.ts";
import type { SaveQueue } from "../../src/api/playlists-api.ts";
import { copiesPath } from "../copies/copy-response.ts";
import { hasCopy } from "../copies/copies-state.ts";
import { guardedFetch } from "../cordon/ask.ts";
import { send } from "./api.ts";
import { Decks } from "./decks.ts";
import { keepPlace, keptPlace } from "./place.ts";
import { currentTrack, emptyQueue, indexAfter, queueOf, shuffleRest } from "./queue.ts";
import type { Queue, Repeat } from "./queue.ts";
import { Store } from "./store.ts";

/** Why no music comes, though it should. */
export type Silence =
  /** The browser waits for a touch: say where it goes on. */
  | { readonly kind: "barred" }
  /** The service wants something first: it is said on top of the page. */
  | { readonly kind: "denied" }
  | { readonly kind: "away"; readonly title: string }
  | { readonly kind: "gone"; readonly title: string }
  | { readonly kind: "copy"; readonly why: string; readonly title: string };

interface PlayerState {
  readonly queue: Queue;
  readonly playing: boolean;
  readonly positionMs: number;
  readonly repeat: Repeat;
  readonly volume: number;
  readonly silence: Silence | null;
}

const placeEveryMs = 2_000;
const saveEveryMs = 20_000;
/** So much of a track heard counts as played. */
const playedPart = 0.5;

export const player = new Store<PlayerState>({
  queue: emptyQueue,
  playing: false,
  positionMs: 0,
  repeat: "off",
  volume: 1,
  silence: null,
});

/** Looks into a copy that does not play: what is wrong with it. */
let inspectCopy: ((track: Track) => Promise<string>) | null = null;
export function inspectCopiesWith(inspect: (track: Track) => Promise<string>): void {
  inspectCopy = inspect;
}

let source: "copy" | "stream" = "stream";
let wantsMusic = false;
/** Somebody was sent to another page and comes back: what is kept until then says that the music goes on. */
let sentAway = false;
let countedId: string | null = null;
let placeKeptAtMs = 0;
let savedAtMs = 0;

function urlOf(track: Track, streamed = false): string {
  return !streamed && hasCopy(track.id) ? `${copiesPath}${encodeURIComponent(track.id)}` : track.streamUrl;
}

const decks = new Decks({
  onPosition(positionMs) {
    player.patch({ positionMs });
    const now = Date.now();
    if (Math.abs(now - placeKeptAtMs) >= placeEveryMs) keepPlaceNow(now);
    if (player.value.playing && Math.abs(now - savedAtMs) >= saveEveryMs) saveQueue(now);
    countPlay(positionMs);
  },
  onPlaying(playing) {
    player.patch(playing ? { playing, silence: null } : { playing });
    if (playing) prepareNext();
    showInSession();
  },
  onEnded() {
    const next = indexAfter(player.value.queue, player.value.repeat);
    if (next === null) {
      wantsMusic = false;
      player.patch({ playing: false });
      keepPlaceNow(Date.now());
    } else playAt(next);
  },
  onBroken: () => void explainSilence(),
  onBarred: () => player.patch({ playing: false, silence: { kind: "barred" } }),
});

function keepPlaceNow(now: number): void {
  placeKeptAtMs = now;
  const { queue } = player.value;
  const { positionMs } = decks;
  keepPlace({ queue, positionMs, goOn: sentAway && wantsMusic, hash: location.hash });
}

/** Keeps page, song and second before somebody is sent away; `goOn`: music starts again by itself afterwards. */
export function keepPlaceForReturn(): void {
  sentAway = true;
  keepPlaceNow(Date.now());
}

/** The server keeps the queue as well, for the account's other devices; what it refuses is explained by its directives. */
function saveQueue(now: number): void {
  savedAtMs = now;
  const { queue, positionMs } = player.value;
  const body: SaveQueue = {
    trackIds: queue.tracks.map(({ id }) => id),
    currentIndex: queue.index,
    positionMs: Math.round(positionMs),
  };
  void send("PUT", "/api/queue", body).catch(() => undefined);
}

function countPlay(positionMs: number): void {
  const track = currentTrack(player.value.queue);
  if (track === null || countedId === track.id || positionMs < track.durationMs * playedPart) return;
  countedId = track.id;
  const body: Played = { trackId: track.id };
  void send("POST", "/api/plays", body).catch(() => undefined);
}

function prepareNext(): void {
  const { queue, repeat } = player.value;
  const next = indexAfter(queue, repeat);
  const track = next === null || next === queue.index ? undefined : queue.tracks[next];
  decks.prepare(track === undefined ? null : urlOf(track));
}

function putOn(positionMs: number, streamed = false): void {
  const track = currentTrack(player.value.queue);
  if (track === null) return;
  source = !streamed && hasCopy(track.id) ? "copy" : "stream";
  decks.load(urlOf(track, streamed), positionMs);
  player.patch({ positionMs, silence: null });
}

/** Plays the queue's track at `index` from its beginning. */
export function playAt(index: number): void {
  const { queue } = player.value;
  if (queue.tracks[index] === undefined) return;
  player.patch({ queue: { ...queue, index } });
  countedId = null;
  wantsMusic = true;
  putOn(0);
  void decks.play();
  keepPlaceNow(Date.now());
}

export function playTracks(tracks: readonly Track[], index = 0, shuffled = false): void {
  const queue = queueOf(tracks, index);
  player.patch({ queue: shuffled ? shuffleRest(queue, Math.random) : queue });
  playAt(queue.index);
  saveQueue(Date.now());
}

export function setQueue(queue: Queue): void {
  const before = currentTrack(player.value.queue);
  player.patch({ queue });
  const after = currentTrack(queue);
  if (after === null) {
    wantsMusic = false;
    decks.stop();
    player.patch({ playing: false, positionMs: 0 });
  } else if (after.id !== before?.id) {
    putOn(0);
    if (wantsMusic) void decks.play();
  } else prepareNext();
  keepPlaceNow(Date.now());
}

export function resume(): void {
  sentAway = false;
  if (currentTrack(player.value.queue) === null) return;
  wantsMusic = true;
  if (player.value.silence !== null && player.value.silence.kind !== "barred") putOn(player.value.positionMs);
  void decks.play();
}

export function pause(): void {
  wantsMusic = false;
  decks.pause();
  player.patch({ playing: false });
  keepPlaceNow(Date.now());
}

export function toggle(): void {
  // The deck itself is asked: its events come a moment later than a second press may.
  if (!decks.isPaused) pause();
  else resume();
}

export function seek(positionMs: number): void {
  const track = currentTrack(player.value.queue);
  if (track === null) return;
  const inside = Math.max(0, Math.min(positionMs, track.durationMs));
  decks.seek(inside);
  player.patch({ positionMs: inside });
  keepPlaceNow(Date.now());
}

export function skip(by: 1 | -1): void {
  const { queue, positionMs, repeat } = player.value;
  if (by === -1 && (positionMs > 4_000 || queue.index === 0)) {
    seek(0);
    return;
  }
  const next = by === -1 ? queue.index - 1 : indexAfter(queue, repeat === "one" ? "off" : repeat);
  if (next !== null) playAt(next);
}

export function setRepeat(repeat: Repeat): void {
  player.patch({ repeat });
  prepareNext();
}

export function setVolume(volume: number): void {
  decks.volume = volume;
  player.patch({ volume });
}

/** Puts the kept place on; with `goOn` the music goes on at that very second. Null: nothing was kept. */
export function restorePlace(): ReturnType<typeof keptPlace> {
  const place = keptPlace();
  if (place === null || place.queue.tracks.length === 0) return place;
  player.patch({ queue: place.queue, positionMs: place.positionMs });
  putOn(place.positionMs);
  if (place.goOn) resume();
  return place;
}

/** Silence at once, as after signing out. */
export function stopMusic(): void {
  wantsMusic = false;
  decks.stop();
  player.patch({ queue: emptyQueue, playing: false, positionMs: 0, silence: null });
}

/** Goes on after a sign-in, or when the network is back. */
export function tryAgain(): void {
  putOn(player.value.positionMs);
  resume();
}

/** An audio element only says that it failed: asks why, by the way that it took. */
async function explainSilence(): Promise<void> {
  const track = currentTrack(player.value.queue);
  if (track === null) return;
  const { title } = track;
  const { positionMs } = player.value;
  player.patch({ playing: false });
  if (source === "copy") {
    const why = (await inspectCopy?.(track)) ?? "none";
    if (navigator.onLine && (await streams(track)) === 206) {
      putOn(positionMs, true);
      if (wantsMusic) void decks.play();
      return;
    }
    player.patch({ silence: { kind: "copy", why, title } });
    return;
  }
  const status = await streams(track);
  if (status === 401 || status === 403) player.patch({ silence: { kind: "denied" } });
  else if (status === 0 || status >= 500) player.patch({ silence: { kind: "away", title } });
  else player.patch({ silence: { kind: "gone", title } });
}

async function streams(track: Track): Promise<number> {
  try {
    const response = await guardedFetch(track.streamUrl, { headers: { range: "bytes=0-0" } });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

function showInSession(): void {
  if (!("mediaSession" in navigator)) return;
  const track = currentTrack(player.value.queue);
  navigator.mediaSession.playbackState = player.value.playing ? "playing" : "paused";
  if (track === null) return;
  const artwork = track.coverUrl === null ? [] : [{ src: track.coverUrl }];
  const { title, artist, album } = track;
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album, artwork });
}

/** The keys of keyboards, headphones and lock screens. */
export function listenToMediaKeys(): void {
  if (!("mediaSession" in navigator)) return;
  const { mediaSession } = navigator;
  mediaSession.setActionHandler("play", resume);
  mediaSession.setActionHandler("pause", pause);
  mediaSession.setActionHandler("nexttrack", () => skip(1));
  mediaSession.setActionHandler("previoustrack", () => skip(-1));
  mediaSession.setActionHandler("seekto", ({ seekTime }) => seek((seekTime ?? 0) * 1000));
  addEventListener("pagehide", () => keepPlaceNow(Date.now()));
}
