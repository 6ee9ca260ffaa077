import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";

import { openLibrary } from "../src/library/open-library.ts";
import type { OpenLibrary } from "../src/library/open-library.ts";
import { matchQuery } from "../src/library/match-query.ts";
import { pictureOf } from "../src/library/picture.ts";
import { coverPng } from "../src/music/cover-png.ts";
import { frame, id3Tag, syncsafe } from "../src/music/id3-tag.ts";
import { makeTrack } from "../src/music/make-track.ts";
import { makeTestMusic } from "./test-music.ts";

let fixtures: string;
let folder: string;
let music: string;
const open: OpenLibrary[] = [];
const unexpected: unknown[] = [];

beforeAll(async () => {
  fixtures = mkdtempSync(join(tmpdir(), "overture-music-"));
  await makeTestMusic(fixtures);
});
afterAll(() => rmSync(fixtures, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overture-library-"));
  music = join(folder, "music");
  cpSync(fixtures, music, { recursive: true, preserveTimestamps: true });
  unexpected.length = 0;
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(folder, { recursive: true });
});

function libraryOf(...folders: string[]): OpenLibrary {
  const opened = openLibrary({
    databaseFile: join(folder, "library.sqlite"),
    coverFolder: join(folder, "covers"),
    folders,
    onUnexpected: (error) => unexpected.push(error),
  });
  open.push(opened);
  return opened;
}

const part = { offset: 0, limit: 20 };
const parts = { artists: part, albums: part, tracks: part };
const dawn = () => join(music, "Ada Sings/First Light/1 Dawn.mp3");

/** The audio of a fixture under another tag. */
function retagged(tag: Buffer): Buffer {
  const bytes = readFileSync(dawn());
  const tagBytes = bytes.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0) + 10;
  return Buffer.concat([tag, bytes.subarray(tagBytes)]);
}

function tag(...frames: Buffer[]): Buffer {
  const all = Buffer.concat(frames);
  return Buffer.concat([Buffer.from("ID3\x04\0\0", "latin1"), syncsafe(all.length), all]);
}

const text = (id: string, value: string) => frame(id, Buffer.concat([Buffer.from([3]), Buffer.from(value)]));
const apic = (mime: string, data: Buffer | string) =>
  frame("APIC", Buffer.concat([Buffer.from(`\x03${mime}\0\x03\0`, "latin1"), Buffer.from(data)]));

/** A PNG that claims these sides in a few bytes. */
function claimingPng(width: number, height: number): Buffer {
  const png = Buffer.from(coverPng(1));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

describe("a scan", () => {
  test("finds artists, albums, tracks, covers and years in real audio", async () => {
    const { library, scan, covers } = libraryOf(music);
    expect(await scan()).toEqual({ tracks: 5, read: 5, unreadable: 0, removed: 0 });
    expect(library.counts()).toEqual({ artists: 2, albums: 2, tracks: 5 });
    const [first] = library.albums({ order: "artist", ...part });
    expect(first).toMatchObject({
      title: "First Light",
      artist: "Ada Sings",
      year: 2011,
      genre: "Folk",
      trackCount: 3,
    });
    const [track] = library.tracksOf(first?.id ?? "");
    expect(track).toMatchObject({ title: "Dawn", number: 1, contentType: "audio/mpeg" });
    expect(track?.durationMs).toBeGreaterThan(3_000);
    expect(covers.find(first?.coverId ?? "")?.contentType).toBe("image/png");
  });

  test("reads again only what is new or has changed, and drops what is gone", async () => {
    const { library, scan } = libraryOf(music);
    await scan();
    const before = library.search("dawn", parts).tracks[0]?.id;
    expect(await scan()).toMatchObject({ read: 0, removed: 0 });
    writeFileSync(
      dawn(),
      retagged(
        id3Tag({
          title: "Dusk",
          artist: "Ada Sings",
          album: "First Light",
          albumArtist: "Ada Sings",
          track: 1,
          year: 2011,
          genre: "Folk",
          picture: null,
        }),
      ),
    );
    rmSync(join(music, "The Bo Trio"), { recursive: true });
    expect(await scan()).toEqual({ tracks: 3, read: 1, unreadable: 0, removed: 2 });
    expect(library.search("dawn", parts).tracks).toEqual([]);
    // It is the same track: what people keep of it stays theirs.
    expect(library.search("dusk", parts).tracks[0]?.id).toBe(before);
    expect(library.artists(part).map(({ name }) => name)).toEqual(["Ada Sings"]);
  });

  test("keeps what is no audio apart, and tries it again once it has changed", async () => {
    const broken = join(music, "broken.mp3");
    writeFileSync(broken, "<html>no audio</html>".repeat(50));
    writeFileSync(join(music, "empty.mp3"), "");
    const { scan } = libraryOf(music);
    expect(await scan()).toMatchObject({ read: 5, unreadable: 2 });
    expect(await scan()).toMatchObject({ read: 0, unreadable: 0 });
    writeFileSync(broken, readFileSync(dawn()));
    utimesSync(broken, 1, 1);
    expect(await scan()).toMatchObject({ read: 1, unreadable: 0 });
  });

  test("leaves its folder for no link and no hidden place: path traversal in the library", async () => {
    const secret = join(folder, "secret");
    cpSync(join(music, "The Bo Trio"), secret, { recursive: true });
    symlinkSync(secret, join(music, "linked folder"));
    symlinkSync(join(secret, "Évora", "1 Rua.mp3"), join(music, "linked.mp3"));
    symlinkSync(music, join(music, "round and round"));
    cpSync(secret, join(music, ".hidden"), { recursive: true });
    expect(await libraryOf(music).scan()).toMatchObject({ tracks: 5, unreadable: 0 });
  });

  test("withdraws the tracks of a folder that is configured no more, and finds them again later", async () => {
    const other = join(folder, "other");
    cpSync(join(music, "The Bo Trio"), other, { recursive: true });
    const both = libraryOf(music, other);
    await both.scan();
    const track = both.library
      .search("praça", parts)
      .tracks.find(({ libraryId }) => both.library.folders()[1]?.id === libraryId);
    const one = libraryOf(music);
    await one.scan();
    expect(one.library.counts().tracks).toBe(5);
    expect([one.library.track(track?.id ?? ""), one.library.file(track?.id ?? "")]).toEqual([null, null]);
    await both.scan();
    expect(both.library.track(track?.id ?? "")).not.toBeNull();
  });

  test("that can't read its folder says so and leaves everything as it was", async () => {
    await libraryOf(music).scan();
    const gone = libraryOf(join(folder, "not there"));
    expect(await gone.scan()).toBeNull();
    expect(unexpected).toHaveLength(1);
    expect(gone.library.counts().tracks).toBe(5);
  });
});

describe("malicious tags", () => {
  test("stay text: script in titles, control signs and reversed writing", async () => {
    const title = '<script>alert("x")</script>\u202egnp.exe\u0000\u0007';
    writeFileSync(
      dawn(),
      retagged(
        tag(text("TIT2", title), text("TPE1", "'; DROP TABLE tracks; --"), text("TALB", "x".repeat(5000))),
      ),
    );
    const { library, scan } = libraryOf(music);
    expect(await scan()).toMatchObject({ tracks: 5, unreadable: 0 });
    const [found] = library.search("alert", parts).tracks;
    expect(found?.title).toBe('<script>alert("x")</script> gnp.exe');
    expect(found?.artist).toBe("'; DROP TABLE tracks; --");
    expect(found?.album).toHaveLength(300);
  });

  test("a picture that is an address is fetched by nobody: SSRF in covers", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end(coverPng(1));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cover.png`;
    writeFileSync(dawn(), retagged(tag(text("TIT2", "Dawn"), apic("-->", url))));
    const { library, scan } = libraryOf(music);
    await scan();
    expect([asked, library.search("dawn", parts).tracks[0]?.coverId]).toEqual([0, null]);
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    [
      "a page with a script",
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ],
    ["a picture that claims a billion pixels", claimingPng(40_000, 30_000)],
    ["a picture of no size", claimingPng(0, 10)],
  ])("%s is no cover", async (_what, data) => {
    writeFileSync(dawn(), retagged(tag(text("TIT2", "Dawn"), apic("image/png", data))));
    const { library, scan } = libraryOf(music);
    expect(await scan()).toMatchObject({ tracks: 5 });
    expect(library.search("dawn", parts).tracks[0]?.coverId).toBeNull();
  });

  test("a tag that claims to be larger than any picture is not read: zip-bomb art", async () => {
    const bytes = Buffer.from(readFileSync(dawn()));
    syncsafe(200 * 1024 * 1024).copy(bytes, 6);
    writeFileSync(dawn(), bytes);
    // A compressed frame (ID3v2.4, 4.1.2) that would unfold to 64 MiB.
    const bomb = Buffer.concat([
      Buffer.from("APIC"),
      Buffer.alloc(4),
      Buffer.from([0, 9]),
      Buffer.alloc(4),
      deflateSync(Buffer.alloc(64 << 20)),
    ]);
    syncsafe(bomb.length - 10).copy(bomb, 4);
    writeFileSync(
      join(music, "Ada Sings/First Light/2 Dew.mp3"),
      retaggedFrom(join(fixtures, "Ada Sings/First Light/2 Dew.mp3"), tag(text("TIT2", "Dew"), bomb)),
    );
    const { library, scan } = libraryOf(music);
    expect(await scan()).toMatchObject({ tracks: 4, unreadable: 1 });
    expect(library.search("dew", parts).tracks[0]?.coverId ?? null).toBeNull();
  });

  test("a cover file beside the audio is held to the same limits", async () => {
    writeFileSync(join(music, "Ada Sings/First Light/cover.png"), claimingPng(60_000, 60_000));
    writeFileSync(join(music, "Ada Sings/First Light/folder.jpg"), "not a picture");
    writeFileSync(dawn(), retagged(tag(text("TIT2", "Dawn"))));
    const { library, scan } = libraryOf(music);
    await scan();
    expect(library.search("dawn", parts).tracks[0]?.coverId).toBeNull();
  });
});

function retaggedFrom(file: string, newTag: Buffer): Buffer {
  const bytes = readFileSync(file);
  const tagBytes = bytes.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0) + 10;
  return Buffer.concat([newTag, bytes.subarray(tagBytes)]);
}

test.each([
  ["png", coverPng(3), "image/png"],
  ["gif", Buffer.from("GIF89a\x10\0\x10\0\0\0\0", "latin1"), "image/gif"],
  [
    "jpeg",
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 0, 0, 0]),
    "image/jpeg",
  ],
])("a %s is known by its bytes", (_name, bytes, contentType) => {
  expect(pictureOf(bytes)?.contentType).toBe(contentType);
  expect(pictureOf(bytes.subarray(0, 8))).toBeNull();
});

test.each([
  ['dawn" OR title:*', '"dawn"* "OR"* "title"*'],
  ["NEAR(a b)", '"NEAR"* "a"* "b"*'],
  ["  ", null],
  ["\"'*()-^:", null],
  ["Évora praça", '"Évora"* "praça"*'],
])("what somebody types is words and no query language: %s", (typed, match) => {
  expect(matchQuery(typed)).toBe(match);
});

test("search finds words by their beginnings, without regard to accents and capitals", async () => {
  const { library, scan } = libraryOf(music);
  await scan();
  const titles = (words: string) => library.search(words, parts).tracks.map(({ title }) => title);
  expect(titles("PRACA")).toEqual(["Praça"]);
  expect(titles("ada no")).toEqual(["Noon"]);
  expect(titles("first")).toHaveLength(3);
  expect(titles("awn")).toEqual([]);
});

test("a piece is the same bytes for the same seed, and another for another", async () => {
  const plan = {
    title: "a",
    artist: "b",
    album: "c",
    albumArtist: "b",
    track: 1,
    year: 2014,
    genre: "d",
    picture: null,
    bars: 1,
  };
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => makeTrack({ ...plan, seed })));
  expect(one?.equals(same ?? Buffer.alloc(0))).toBe(true);
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
});
