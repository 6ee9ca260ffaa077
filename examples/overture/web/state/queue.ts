import type { Track } from "../../src/api/library-api.ts";

/** What plays, what comes, what was. */
export interface Queue {
  readonly tracks: readonly Track[];
  /** Of the current track; 0 in an empty queue. */
  readonly index: number;
}

export type Repeat = "off" | "all" | "one";

/** More is cut off: the place in it has to fit where a browser keeps it. */
export const queueTracksMax = 500;

export const emptyQueue: Queue = { tracks: [], index: 0 };

export function currentTrack({ tracks, index }: Queue): Track | null {
  return tracks[index] ?? null;
}

/** A queue of these tracks that begins at `index`; of a longer list the part around it. */
export function queueOf(tracks: readonly Track[], index = 0): Queue {
  const from = Math.max(0, Math.min(index - 100, tracks.length - queueTracksMax));
  return { tracks: tracks.slice(from, from + queueTracksMax), index: index - from };
}

/** The index that follows when the track has ended; null: nothing does. */
export function indexAfter({ tracks, index }: Queue, repeat: Repeat): number | null {
  if (tracks.length === 0) return null;
  if (repeat === "one") return index;
  if (index + 1 < tracks.length) return index + 1;
  return repeat === "all" ? 0 : null;
}

export function append(queue: Queue, tracks: readonly Track[]): Queue {
  return { ...queue, tracks: [...queue.tracks, ...tracks].slice(0, queueTracksMax) };
}

export function insertNext(queue: Queue, tracks: readonly Track[]): Queue {
  if (queue.tracks.length === 0) return queueOf(tracks);
  const at = queue.index + 1;
  return {
    ...queue,
    tracks: [...queue.tracks.slice(0, at), ...tracks, ...queue.tracks.slice(at)].slice(0, queueTracksMax),
  };
}

/** Without the track at `at`. The current one stays current, or the one after it becomes so. */
export function removeAt(queue: Queue, at: number): Queue {
  const tracks = queue.tracks.filter((_, index) => index !== at);
  const index = at < queue.index ? queue.index - 1 : queue.index;
  return { tracks, index: Math.max(0, Math.min(index, tracks.length - 1)) };
}

/** What comes after the current track in another order; `random` as `Math.random`. */
export function shuffleRest(queue: Queue, random: () => number): Queue {
  const rest = queue.tracks.slice(queue.index + 1);
  for (let last = rest.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [rest[last], rest[other]];
    if (a === undefined || b === undefined) continue;
    rest[last] = b;
    rest[other] = a;
  }
  return { ...queue, tracks: [...queue.tracks.slice(0, queue.index + 1), ...rest] };
}
