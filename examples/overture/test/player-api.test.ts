import { createHash } from "node:crypto";
import { readFileSync, renameSync, symlinkSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { AlbumsAnswer, FavouritesAnswer, SearchAnswer, Track } from "../src/api/library-api.ts";
import type { PlaylistAnswer, QueueAnswer } from "../src/api/playlists-api.ts";
import { BrowserLike } from "./browser-like.ts";
import { RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
let ada: BrowserLike;
let bo: BrowserLike;
let tracks: readonly Track[];

beforeAll(async () => {
  running = await RunningOverture.start({ music: true });
  ada = new BrowserLike(running.overture.url);
  bo = new BrowserLike(running.overture.url);
  await ada.signIn("ada@example.org", "password of ada");
  await bo.signIn("bo@example.org", "password of bo");
  tracks = (await ada.json<SearchAnswer>("/api/search?q=ada")).tracks;
});
afterAll(async () => {
  await running.stop();
});

const first = (): Track => {
  const track = tracks.find(({ title }) => title === "Dawn");
  if (track === undefined) throw new Error("no track");
  return track;
};
const sha256 = (bytes: ArrayBuffer | Buffer) =>
  createHash("sha256")
    .update(Buffer.from(bytes as Buffer))
    .digest("hex");
const dawnFile = () => join(running.folder, "test music/Ada Sings/First Light/1 Dawn.mp3");

/** A path as it stands: `fetch` would tidy it up first. */
function raw(path: string, cookie: string): Promise<number> {
  const { hostname, port } = new URL(running.overture.url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, headers: { cookie } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

describe("the library", () => {
  test("answers nobody without a session", async () => {
    const stranger = new BrowserLike(running.overture.url);
    for (const path of [
      "/api/albums",
      "/api/search?q=a",
      first().streamUrl,
      first().coverUrl ?? "",
      "/api/playlists",
      "/api/offline",
    ])
      expect([path, (await stranger.go(path)).status]).toEqual([path, 401]);
  });

  test("lists albums in every order, and finds tracks", async () => {
    await ada.go("/api/plays", { json: { trackId: first().id } });
    for (const order of ["title", "artist", "newest", "random"])
      expect((await ada.json<AlbumsAnswer>(`/api/albums?order=${order}`)).albums).toHaveLength(2);
    for (const order of ["recent", "frequent"])
      expect((await ada.json<AlbumsAnswer>(`/api/albums?order=${order}`)).albums.map(({ id }) => id)).toEqual(
        [first().albumId],
      );
    expect((await ada.json<AlbumsAnswer>("/api/albums?limit=1&offset=1")).albums).toHaveLength(1);
    expect((await ada.json<SearchAnswer>("/api/search?q=rua")).tracks.map(({ title }) => title)).toEqual([
      "Rua",
    ]);
    expect((await ada.go("/api/albums?limit=1000000")).status).toBe(400);
  });

  test("keeps favourites and play counts apart for each account", async () => {
    const { id } = first();
    expect((await ada.go(`/api/favourites/track/${id}`, { method: "PUT" })).status).toBe(204);
    expect((await ada.go("/api/favourites/track/tr-forged", { method: "PUT" })).status).toBe(404);
    expect((await ada.json<FavouritesAnswer>("/api/favourites")).tracks[0]).toMatchObject({
      id,
      favourite: true,
      playCount: 1,
    });
    expect((await bo.json<FavouritesAnswer>("/api/favourites")).tracks).toEqual([]);
    expect((await bo.json<SearchAnswer>("/api/search?q=dawn")).tracks[0]).toMatchObject({
      favourite: false,
      playCount: 0,
    });
    await ada.go(`/api/favourites/track/${id}`, { method: "DELETE" });
    expect((await ada.json<FavouritesAnswer>("/api/favourites")).tracks).toEqual([]);
  });
});

describe("streaming", () => {
  const range = (value: string, more: Record<string, string> = {}) =>
    ada.go(first().streamUrl, { headers: { range: value, ...more } });

  test("answers all of it, parts of it, and nothing where nothing has changed", async () => {
    const file = readFileSync(dawnFile());
    const whole = await ada.go(first().streamUrl);
    expect([whole.status, whole.headers.get("content-type"), whole.headers.get("accept-ranges")]).toEqual([
      200,
      "audio/mpeg",
      "bytes",
    ]);
    expect(sha256(await whole.arrayBuffer())).toBe(sha256(file));
    const part = await range("bytes=100-199");
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-199/${file.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(100, 200))).toBe(true);
    expect(Buffer.from(await (await range("bytes=-50")).arrayBuffer()).equals(file.subarray(-50))).toBe(true);
    expect(
      Buffer.from(await (await range(`bytes=${file.length - 5}-`)).arrayBuffer()).equals(file.subarray(-5)),
    ).toBe(true);
    expect((await range("bytes=0-1")).headers.get("content-length")).toBe("2");
    const etag = whole.headers.get("etag") ?? "";
    expect(
      (
        await ada.go(first().streamUrl, { headers: { "if-none-match": etag, "cache-control": "max-age=0" } })
      ).headers.get("etag"),
    ).toBe(etag);
    const head = await ada.go(first().streamUrl, { method: "HEAD", headers: { origin: ada.origin } });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(file.length)]);
    expect((await range("bytes=0-9", { "if-range": '"another"' })).status).toBe(200);
  });

  test.each([
    ["beyond the end", "bytes=99999999-", 416],
    ["backwards", "bytes=20-10", 416],
    ["of another unit", "lines=1-2", 200],
    ["malformed", "bytes=a-b", 416],
    ["many times the same", `bytes=${Array.from({ length: 500 }, () => "0-").join(",")}`, 206],
    [
      "many small ones apart",
      `bytes=${Array.from({ length: 500 }, (_, n) => `${20 * n}-${20 * n + 1}`).join(",")}`,
      200,
    ],
  ])("a range %s multiplies no work: Range abuse", async (_what, value, status) => {
    const response = await range(value);
    expect(response.status).toBe(status);
    const bytes = (await response.arrayBuffer()).byteLength;
    expect(bytes).toBeLessThanOrEqual(first().sizeBytes);
    if (status === 416) expect(response.headers.get("content-range")).toBe(`bytes */${first().sizeBytes}`);
  });

  test("a file that has become a link since the scan is not followed", async () => {
    const target = join(running.folder, "overture.sqlite");
    renameSync(dawnFile(), `${dawnFile()}.kept`);
    symlinkSync(target, dawnFile());
    expect((await ada.go(first().streamUrl)).status).toBe(404);
    renameSync(`${dawnFile()}.kept`, dawnFile());
    expect((await ada.go(first().streamUrl)).status).toBe(200);
  });

  test.each([
    "/api/stream/..%2f..%2fovertures.sqlite",
    "/api/stream/%2e%2e%2fkeys%2fadmin.token",
    "/api/stream/tr-forged",
    "/api/covers/..%2f..%2fkeys%2fadmin.token",
    "/api/covers/../../keys/admin.token",
    "/api/covers/%00",
    `/api/covers/${"0".repeat(40)}`,
    "/assets/..%2f..%2f..%2fpackage.json",
    "/..%2f..%2fpackage.json",
  ])("path traversal and forged ids are refused: %s", async (path) => {
    const cookie = `overture=${ada.cookies.get("overture")?.value ?? ""}`;
    expect([400, 403, 404]).toContain(await raw(path, cookie));
  });

  test("a cover comes as a picture, to be kept", async () => {
    const response = await ada.go(first().coverUrl ?? "");
    expect([
      response.status,
      response.headers.get("content-type"),
      response.headers.get("x-content-type-options"),
    ]).toEqual([200, "image/png", "nosniff"]);
    expect(response.headers.get("cache-control")).toContain("immutable");
  });
});

describe("playlists", () => {
  test("are made, ordered, and changed by nobody who has seen an older one", async () => {
    const ids = tracks.map(({ id }) => id);
    const made = (await (
      await ada.go("/api/playlists", { json: { name: "Mornings", trackIds: ids } })
    ).json()) as PlaylistAnswer;
    const path = `/api/playlists/${made.id}`;
    const turned = await ada.go(path, {
      method: "PATCH",
      json: { trackIds: ids.toReversed(), revision: made.revision },
    });
    expect(((await turned.json()) as PlaylistAnswer).tracks.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(
      (await ada.go(path, { method: "PATCH", json: { name: "x", revision: made.revision } })).status,
    ).toBe(409);
    const added = await ada.go(`${path}/tracks`, { json: { trackIds: [ids[0]] } });
    expect(((await added.json()) as PlaylistAnswer).trackCount).toBe(ids.length + 1);
    expect((await ada.go(path, { method: "PATCH", json: { trackIds: ["tr-forged"] } })).status).toBe(404);
    expect((await ada.go(path, { method: "DELETE" })).status).toBe(204);
    expect((await ada.go(path)).status).toBe(404);
  });

  test("of another account are as ones that are not there", async () => {
    const made = (await (
      await ada.go("/api/playlists", { json: { name: "mine" } })
    ).json()) as PlaylistAnswer;
    const path = `/api/playlists/${made.id}`;
    const tries = [
      bo.go(path),
      bo.go(path, { method: "PATCH", json: { name: "theirs" } }),
      bo.go(`${path}/tracks`, { json: { trackIds: [first().id] } }),
      bo.go(path, { method: "DELETE" }),
      bo.go(`/api/offline/playlists/${made.id}`, { method: "PUT" }),
    ];
    expect((await Promise.all(tries)).map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(await ada.json(path)).toMatchObject({ name: "mine", trackCount: 0 });
  });
});

test("the play queue is saved with song and second, for any device to go on", async () => {
  const trackIds = tracks.map(({ id }) => id);
  expect(
    (await ada.go("/api/queue", { method: "PUT", json: { trackIds, currentIndex: 1, positionMs: 61_500 } }))
      .status,
  ).toBe(204);
  const again = new BrowserLike(running.overture.url);
  await again.signIn("ada@example.org", "password of ada");
  const queue = await again.json<QueueAnswer>("/api/queue");
  expect([queue.currentIndex, queue.positionMs, queue.tracks.map(({ id }) => id)]).toEqual([
    1,
    61_500,
    trackIds,
  ]);
  expect((await bo.json<QueueAnswer>("/api/queue")).tracks).toEqual([]);
  // A track that went away moves the others up.
  await ada.go("/api/queue", {
    method: "PUT",
    json: { trackIds: ["gone", ...trackIds], currentIndex: 2, positionMs: 5 },
  });
  expect(await ada.json<QueueAnswer>("/api/queue")).toMatchObject({ currentIndex: 1, positionMs: 5 });
});
