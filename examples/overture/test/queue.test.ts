import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Track } from "../src/api/library-api.ts";
import {
  append,
  currentTrack,
  emptyQueue,
  indexAfter,
  insertNext,
  queueOf,
  queueTracksMax,
  removeAt,
  shuffleRest,
} from "../web/state/queue.ts";

function track(id: string): Track {
  return {
    id,
    title: id,
    artistId: "ar",
    artist: "",
    albumId: "al",
    album: "",
    disc: null,
    number: null,
    year: null,
    genre: null,
    durationMs: 1000,
    sizeBytes: 1,
    contentType: "audio/mpeg",
    coverUrl: null,
    streamUrl: `/api/stream/${id}`,
    favourite: false,
    playCount: 0,
  };
}
const tracksOf = (count: number) => Array.from({ length: count }, (_, n) => track(String(n)));
const ids = (tracks: readonly Track[]) => tracks.map(({ id }) => id);
const queues = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.nat(count - 1).map((index) => ({ tracks: tracksOf(count), index })));

describe("the play queue", () => {
  test("of a long list holds the part around where it begins, and begins there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), fc.nat(), (count, at) => {
        const queue = queueOf(tracksOf(count), at % count);
        expect(queue.tracks.length).toBe(Math.min(count, queueTracksMax));
        expect(currentTrack(queue)?.id).toBe(String(at % count));
      }),
      { numRuns: 40 },
    );
  });

  test("keeps what plays when another track is taken out, and goes on with the next when it is itself", () => {
    fc.assert(
      fc.property(queues, fc.nat(), (queue, n) => {
        const at = n % queue.tracks.length;
        const after = removeAt(queue, at);
        expect(after.tracks.length).toBe(queue.tracks.length - 1);
        if (at !== queue.index) expect(currentTrack(after)).toEqual(currentTrack(queue));
        else if (after.tracks.length > 0)
          expect(currentTrack(after)).toEqual(queue.tracks[at + 1] ?? queue.tracks[at - 1]);
        else expect(currentTrack(after)).toBe(null);
      }),
    );
  });

  test("shuffles only what comes, and loses nothing", () => {
    fc.assert(
      fc.property(queues, fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })), (queue, numbers) => {
        const shuffled = shuffleRest(queue, () => numbers.pop() ?? 0);
        const until = queue.index + 1;
        expect(ids(shuffled.tracks.slice(0, until))).toEqual(ids(queue.tracks.slice(0, until)));
        expect(ids(shuffled.tracks).toSorted()).toEqual(ids(queue.tracks).toSorted());
      }),
    );
  });

  test("ends, begins again or stays, as is wanted", () => {
    const last = { tracks: tracksOf(3), index: 2 };
    expect(indexAfter(last, "off")).toBe(null);
    expect(indexAfter(last, "all")).toBe(0);
    expect(indexAfter(last, "one")).toBe(2);
    expect(indexAfter({ ...last, index: 0 }, "off")).toBe(1);
    expect(indexAfter(emptyQueue, "all")).toBe(null);
  });

  test("takes more in next or at its end, up to its limit", () => {
    const queue = { tracks: tracksOf(2), index: 0 };
    expect(ids(insertNext(queue, [track("x")]).tracks)).toEqual(["0", "x", "1"]);
    expect(ids(append(queue, [track("x")]).tracks)).toEqual(["0", "1", "x"]);
    expect(insertNext(emptyQueue, [track("x")])).toEqual({ tracks: [track("x")], index: 0 });
    expect(append(queue, tracksOf(900)).tracks.length).toBe(queueTracksMax);
  });
});
