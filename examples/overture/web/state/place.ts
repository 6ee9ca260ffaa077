import type { Track } from "../../src/api/library-api.ts";
import { emptyQueue, queueTracksMax } from "./queue.ts";
import type { Queue } from "./queue.ts";

/** Where somebody was: page, song and second. Kept in the browser, so that it outlives a sign-in, an update and a crash. */
interface Place {
  readonly queue: Queue;
  readonly positionMs: number;
  /** Whether music was on when they were sent away, so that it goes on by itself. */
  readonly goOn: boolean;
  /** The page's fragment. */
  readonly hash: string;
}

const placeKey = "overture.place";

export function keepPlace(place: Place): void {
  try {
    localStorage.setItem(placeKey, JSON.stringify(place));
  } catch {
    // A full or barred storage costs the place, not the music.
  }
}

export function keptPlace(): Place | null {
  try {
    const read = JSON.parse(localStorage.getItem(placeKey) ?? "null") as Partial<Place> | null;
    const { tracks, index } = read?.queue ?? emptyQueue;
    if (read === null || !Array.isArray(tracks) || !Number.isSafeInteger(index)) return null;
    const known = (tracks as readonly Track[]).filter((track) => typeof track.id === "string");
    return {
      queue: {
        tracks: known.slice(0, queueTracksMax),
        index: Math.max(0, Math.min(index, known.length - 1)),
      },
      positionMs: typeof read.positionMs === "number" && read.positionMs > 0 ? read.positionMs : 0,
      goOn: read.goOn === true,
      hash: typeof read.hash === "string" ? read.hash : "",
    };
  } catch {
    return null;
  }
}

export function forgetPlace(): void {
  localStorage.removeItem(placeKey);
}
