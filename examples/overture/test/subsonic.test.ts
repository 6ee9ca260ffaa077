import SubsonicAPI from "subsonic-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BrowserLike } from "./browser-like.ts";
import { wrongInAnswer } from "./opensubsonic-schema.ts";
import { RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
let key: string;
let keyOfBo: string;

async function keyFor(id: string): Promise<string> {
  const browser = new BrowserLike(running.overture.url);
  await browser.signIn(`${id}@example.org`, `password of ${id}`);
  const made = (await (await browser.go("/api/keys", { json: { name: "player" } })).json()) as {
    key: string;
  };
  return made.key;
}

beforeAll(async () => {
  running = await RunningOverture.start({ music: true });
  key = await keyFor("ada");
  keyOfBo = await keyFor("bo");
});
afterAll(async () => {
  await running.stop();
});

type Answer = {
  readonly "subsonic-response": Record<string, unknown> & { error?: { code: number; helpUrl?: string } };
};

/** One call; whatever comes back is held against the specification. */
async function call(
  endpoint: string,
  parameters: Record<string, string | string[]> = {},
  more: { auth?: Record<string, string>; post?: boolean; headers?: Record<string, string> } = {},
): Promise<Answer["subsonic-response"]> {
  const search = new URLSearchParams({
    v: "1.16.1",
    c: "test",
    f: "json",
    ...(more.auth ?? { apiKey: key }),
  });
  for (const [name, value] of Object.entries(parameters))
    for (const each of [value].flat()) search.append(name, each);
  const url = `${running.overture.url}/rest/${endpoint}`;
  const headers = more.headers ?? {};
  const response = await (more.post === true
    ? fetch(url, { method: "POST", body: search, headers })
    : fetch(`${url}?${search.toString()}`, { headers }));
  expect(response.status).toBe(200);
  const document = (await response.json()) as Answer;
  expect(wrongInAnswer(endpoint.replace(".view", ""), document)).toEqual([]);
  return document["subsonic-response"];
}

async function codeOf(...given: Parameters<typeof call>): Promise<number | undefined> {
  const { status, error } = await call(...given);
  expect(status).toBe("failed");
  return error?.code;
}

async function songs(): Promise<
  readonly { readonly id: string; readonly title: string; readonly albumId: string }[]
> {
  const found = await call("search3", { query: "" });
  return (found["searchResult3"] as { song: { id: string; title: string; albumId: string }[] }).song;
}

describe.each([
  ["GET", false],
  ["form POST", true],
])("an independent client by %s", (_how, post) => {
  test("browses, searches, keeps playlists, marks and streams", async () => {
    const api = new SubsonicAPI({ url: running.overture.url, auth: { apiKey: key }, post });
    expect((await api.ping()).status).toBe("ok");
    expect((await api.getLicense()).license.valid).toBe(true);
    expect((await api.getMusicFolders()).musicFolders.musicFolder).toHaveLength(1);
    expect((await api.getIndexes()).indexes.index).toHaveLength(2);
    const { artists } = await api.getArtists();
    expect(artists.index?.map(({ name }) => name)).toEqual(["A", "T"]);
    const artistId = artists.index?.[0]?.artist?.[0]?.id ?? "";
    const { artist } = await api.getArtist({ id: artistId });
    expect([artist.name, artist.album?.length]).toEqual(["Ada Sings", 1]);
    const { albumList2 } = await api.getAlbumList2({ type: "newest" });
    expect(albumList2.album).toHaveLength(2);
    const { album } = await api.getAlbum({ id: artist.album?.[0]?.id ?? "" });
    expect(album.song?.map(({ title }) => title)).toEqual(["Dawn", "Dew", "Noon"]);
    const [dawn, dew] = album.song ?? [];
    if (dawn === undefined || dew === undefined) throw new Error("no songs");
    expect((await api.getSong({ id: dawn.id })).song.title).toBe("Dawn");
    expect((await api.getGenres()).genres.genre?.map(({ value }) => value)).toEqual(["Folk", "Jazz"]);
    expect((await api.getRandomSongs({ size: 3 })).randomSongs.song).toHaveLength(3);
    const { searchResult3 } = await api.search3({ query: "evora" });
    expect(searchResult3.album?.map(({ name }) => name)).toEqual(["Évora"]);

    const made = await api.createPlaylist({ name: "Mornings", songId: [dawn.id, dew.id] });
    const id = made.playlist.id;
    await api.updatePlaylist({
      playlistId: id,
      name: "Early",
      songIndexToRemove: [0],
      songIdToAdd: [dawn.id],
    });
    const { playlist } = await api.getPlaylist({ id });
    expect([playlist.name, playlist.entry?.map(({ title }) => title)]).toEqual(["Early", ["Dew", "Dawn"]]);
    expect((await api.getPlaylists()).playlists.playlist?.map(({ id: each }) => each)).toContain(id);
    expect((await api.deletePlaylist({ id })).status).toBe("ok");

    await api.star({ id: dawn.id, albumId: album.id, artistId });
    const { starred2 } = await api.getStarred2();
    expect([starred2.song?.length, starred2.album?.length, starred2.artist?.length]).toEqual([1, 1, 1]);
    await api.unstar({ id: dawn.id, albumId: album.id, artistId });
    expect((await api.getStarred2()).starred2.song).toEqual([]);
    await api.scrobble({ id: dawn.id });
    expect((await api.getSong({ id: dawn.id })).song.playCount).toBeGreaterThan(0);
    await api.savePlayQueue({ id: [dawn.id, dew.id], current: dew.id, position: 4200 });
    expect((await api.getPlayQueue()).playQueue).toMatchObject({ current: dew.id, position: 4200 });
    expect((await api.getUser({ username: "ada@example.org" })).user.username).toBe("ada@example.org");

    const stream = await api.stream({ id: dawn.id });
    expect([stream.headers.get("content-type"), (await stream.arrayBuffer()).byteLength]).toEqual([
      "audio/mpeg",
      dawn.size,
    ]);
    expect((await (await api.download({ id: dawn.id })).arrayBuffer()).byteLength).toBe(dawn.size);
    const cover = await api.getCoverArt({ id: dawn.coverArt ?? "" });
    expect(cover.headers.get("content-type")).toBe("image/png");
  });
});

test("every answer is what the OpenAPI document of OpenSubsonic says", async () => {
  const [song] = await songs();
  if (song === undefined) throw new Error("no song");
  const made = await call("createPlaylist", { name: "x", songId: [song.id] });
  const { id } = made["playlist"] as { id: string };
  await call("star", { id: song.id });
  await call("scrobble", { id: song.id });
  await call("savePlayQueue", { id: [song.id], current: song.id, position: "1" });
  const calls: [string, Record<string, string>][] = [
    ...["ping", "getLicense", "tokenInfo", "getUser", "getScanStatus", "getOpenSubsonicExtensions"].map(
      (name): [string, Record<string, string>] => [name, {}],
    ),
    ...[
      "getMusicFolders",
      "getIndexes",
      "getArtists",
      "getGenres",
      "getRandomSongs",
      "getStarred2",
      "getPlaylists",
    ].map((name): [string, Record<string, string>] => [name, {}]),
    ...[
      "random",
      "newest",
      "alphabeticalByName",
      "alphabeticalByArtist",
      "recent",
      "frequent",
      "starred",
    ].map((type): [string, Record<string, string>] => ["getAlbumList2", { type }]),
    ["getAlbumList2", { type: "byYear", fromYear: "2014", toYear: "2000" }],
    ["getAlbumList2", { type: "byGenre", genre: "Jazz" }],
    ["getAlbum", { id: song.albumId }],
    ["getSong", { id: song.id }],
    ["getPlaylist", { id }],
    ["getPlayQueue", {}],
    ["search3", { query: "d" }],
    ["updatePlaylist", { playlistId: id, comment: "y" }],
    ["deletePlaylist", { id }],
    ["unstar", { id: song.id }],
  ];
  for (const [endpoint, parameters] of calls)
    expect([endpoint, (await call(endpoint, parameters))["status"]]).toEqual([endpoint, "ok"]);
  expect((await call("ping.view"))["status"]).toBe("ok");
});

test("a library with nothing in it answers as the document says, too", async () => {
  const empty = await RunningOverture.start();
  const browser = new BrowserLike(empty.overture.url);
  await browser.signIn("ada@example.org", "password of ada");
  const made = await browser.go("/api/keys", { json: { name: "player" } });
  const { key: apiKey } = (await made.json()) as { key: string };
  const calls = [
    ...["getScanStatus", "getMusicFolders", "getIndexes", "getArtists", "getGenres", "getRandomSongs"],
    ...["getStarred2", "getPlaylists", "getPlayQueue", "search3", "getAlbumList2"],
  ];
  for (const endpoint of calls) {
    const search = new URLSearchParams({ v: "1.16.1", c: "test", f: "json", apiKey, type: "newest" });
    const response = await fetch(`${empty.overture.url}/rest/${endpoint}?${search.toString()}`);
    const document = (await response.json()) as Answer;
    expect([endpoint, wrongInAnswer(endpoint, document)]).toEqual([endpoint, []]);
    expect([endpoint, document["subsonic-response"]["status"]]).toEqual([endpoint, "ok"]);
  }
  await empty.stop();
});

test.each(["stream", "download", "getCoverArt"])(
  "where %s has no file to send, the type of its answer says so: text/xml or JSON",
  async (endpoint) => {
    const search = new URLSearchParams({ v: "1.16.1", c: "x", apiKey: key, id: "tr-forged" });
    const url = `${running.overture.url}/rest/${endpoint}?${search.toString()}`;
    expect((await fetch(url)).headers.get("content-type")).toBe("text/xml; charset=utf-8");
    const asJson = await fetch(`${url}&f=json`);
    expect(asJson.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(wrongInAnswer("ping", await asJson.json())).toEqual([]);
  },
);

test("somebody who has kept no queue has an empty one, and nobody is told about another", async () => {
  const auth = { apiKey: keyOfBo };
  const { playQueue } = await call("getPlayQueue", {}, { auth });
  expect(playQueue).toMatchObject({ username: "bo@example.org", entry: [] });
  expect((await call("getUser", { username: "bo@example.org" }, { auth }))["status"]).toBe("ok");
  expect(await codeOf("getUser", { username: "ada@example.org" }, { auth })).toBe(50);
});

test("the schemas refuse an answer that lacks a member, and one with a member that nobody knows", () => {
  const ok = { status: "ok", version: "1.16.1", type: "overture", serverVersion: "1", openSubsonic: true };
  expect(wrongInAnswer("getLicense", { "subsonic-response": { ...ok, license: { valid: true } } })).toEqual(
    [],
  );
  expect(wrongInAnswer("getLicense", { "subsonic-response": { ...ok, license: {} } })).not.toEqual([]);
  expect(wrongInAnswer("ping", { "subsonic-response": { ...ok, more: 1 } })).not.toEqual([]);
});

test("XML says the same, with text escaped", async () => {
  const [song] = await songs();
  const url = new URL(`${running.overture.url}/rest/getSong.view`);
  url.search = new URLSearchParams({ v: "1.16.1", c: "x", apiKey: key, id: song?.id ?? "" }).toString();
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/xml; charset=utf-8");
  const xml = await response.text();
  expect(xml).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<subsonic-response xmlns="http:\/\/subsonic.org\/restapi" status="ok"/,
  );
  expect(xml).toContain(`<song id="${song?.id ?? ""}"`);
  url.pathname = "/rest/getGenres";
  expect(await (await fetch(url)).text()).toContain('<genre songCount="3" albumCount="1">Folk</genre>');
});

describe("credentials", () => {
  const hex = (text: string) => Buffer.from(text).toString("hex");

  test("the list of extensions is public, and names API keys and form POST", async () => {
    const { openSubsonicExtensions } = await call("getOpenSubsonicExtensions", {}, { auth: {} });
    expect(openSubsonicExtensions).toEqual([
      { name: "apiKeyAuthentication", versions: [1] },
      { name: "formPost", versions: [1] },
    ]);
  });

  test("an API key is an app password as well: plain or in hexadecimal", async () => {
    for (const p of [key, `enc:${hex(key)}`])
      expect((await call("ping", {}, { auth: { u: "ada@example.org", p } }))["status"]).toBe("ok");
  });

  test.each([
    [
      "token and salt",
      41,
      () => ({ u: "ada@example.org", t: "26719a1196d2a940705a59634eb18eab", s: "c19b2d" }),
    ],
    ["key and user name", 43, () => ({ apiKey: key, u: "ada@example.org" })],
    ["key and token", 43, () => ({ apiKey: key, t: "x", s: "y" })],
    ["password and token", 43, () => ({ u: "ada@example.org", p: key, t: "x", s: "y" })],
    ["a key that is none", 44, () => ({ apiKey: "ovk_guess" })],
    ["the account's own password", 40, () => ({ u: "ada@example.org", p: "password of ada" })],
    ["a key under another's name", 40, () => ({ u: "bo@example.org", p: key })],
    ["nothing", 10, () => ({})],
  ])("%s: error %i", async (_what, code, auth) => {
    const { error } = await call("ping", {}, { auth: auth() });
    expect(error?.code).toBe(code);
    expect(error?.helpUrl).toContain(running.overture.url);
  });

  test("a browser's cookie opens nothing here", async () => {
    const browser = new BrowserLike(running.overture.url);
    await browser.signIn("ada@example.org", "password of ada");
    const response = await browser.go("/rest/ping?v=1.16.1&c=x&f=json");
    expect(await response.json()).toMatchObject({ "subsonic-response": { error: { code: 10 } } });
  });

  test("guessing keys is slowed down for the address", async () => {
    const slow = await RunningOverture.start({ options: { behindProxy: true } });
    const guess = (address: string) =>
      fetch(`${slow.overture.url}/rest/ping?v=1.16.1&c=x&f=json&apiKey=ovk_x`, {
        headers: { "x-forwarded-for": address },
      }).then((response) => response.text());
    for (let n = 0; n < 9; n++) await guess("203.0.113.9");
    expect(await guess("203.0.113.9")).toContain("Too many attempts");
    expect(await guess("203.0.113.10")).not.toContain("Too many attempts");
    await slow.stop();
  });
});

test.each(["jsonp", "html"])("format %s is refused", async (f) => {
  const response = await fetch(
    `${running.overture.url}/rest/ping?v=1.16.1&c=x&apiKey=${key}&f=${f}&callback=alert`,
  );
  expect([response.headers.get("content-type"), (await response.text()).includes('status="failed"')]).toEqual(
    ["text/xml; charset=utf-8", true],
  );
});

test("another account's playlist is as one that is not there", async () => {
  const made = await call("createPlaylist", { name: "mine" });
  const { id } = made["playlist"] as { id: string };
  const auth = { apiKey: keyOfBo };
  const [song] = await songs();
  expect(await codeOf("getPlaylist", { id }, { auth })).toBe(70);
  expect(await codeOf("updatePlaylist", { playlistId: id, name: "theirs" }, { auth })).toBe(70);
  expect(await codeOf("createPlaylist", { playlistId: id, songId: song?.id ?? "" }, { auth })).toBe(70);
  expect(await codeOf("deletePlaylist", { id }, { auth })).toBe(70);
  expect((await call("getPlaylists", {}, { auth }))["playlists"]).toEqual({ playlist: [] });
  expect((await call("getPlaylist", { id }))["playlist"]).toMatchObject({ name: "mine" });
});

test.each(["tr-forged", "../../etc/passwd", "%2e%2e%2f", "tr-' OR 1=1 --", "\u0000"])(
  "a forged id is refused: %s",
  async (id) => {
    for (const endpoint of ["getSong", "getAlbum", "getArtist", "getPlaylist"])
      expect(await codeOf(endpoint, { id })).toBe(70);
    for (const endpoint of ["stream", "download", "getCoverArt"]) {
      const search = new URLSearchParams({ v: "1.16.1", c: "x", f: "json", apiKey: key, id });
      const response = await fetch(`${running.overture.url}/rest/${endpoint}?${search.toString()}`);
      expect(await response.json()).toMatchObject({ "subsonic-response": { error: { code: 70 } } });
    }
  },
);

describe("with a policy in force", () => {
  test("a withdrawn build gets error 20 with its store's link, and a current one plays", async () => {
    const stores = { dsub: { available: "2014-05-27T10:00:00Z", link: "https://store.example/dsub" } };
    const required = "2014-06-03T00:00:00Z";
    await running.enforce({
      version: 1,
      rules: [
        {
          id: "old",
          measure: "upgrade",
          where: { platform: "subsonic", store: "dsub" },
          below: "5.5.0",
          required,
          stores,
        },
      ],
    });
    const old = await call("ping", { c: "DSub/5.4.1" }, { auth: { apiKey: key } });
    expect(old["status"]).toBe("ok");
    const withdrawn = await fetch(
      `${running.overture.url}/rest/ping?v=1.16.1&c=DSub/5.4.1&f=json&apiKey=${key}`,
    );
    expect(await withdrawn.json()).toMatchObject({
      "subsonic-response": { error: { code: 20, helpUrl: "https://store.example/dsub" } },
    });
    const current = await fetch(
      `${running.overture.url}/rest/ping?v=1.16.1&c=DSub/5.5.0&f=json&apiKey=${key}`,
    );
    expect(await current.json()).toMatchObject({ "subsonic-response": { status: "ok" } });
  });

  test("whoever must sign in again makes a new key on the web: 44 with a link, 40 for an app password", async () => {
    await running.enforce({
      version: 2,
      rules: [
        { id: "again", measure: "reauthenticate", cohort: "everyone", cutoff: new Date().toISOString() },
      ],
    });
    const denied = await call("getPlaylists");
    expect(denied.error).toMatchObject({ code: 44, helpUrl: `${running.overture.url}/#/account` });
    expect(await codeOf("ping", {}, { auth: { u: "ada@example.org", p: key } })).toBe(40);
    const [streamed] = await Promise.all([
      fetch(`${running.overture.url}/rest/stream?v=1.16.1&c=x&f=json&apiKey=${key}&id=x`),
    ]);
    expect(await streamed.json()).toMatchObject({ "subsonic-response": { error: { code: 44 } } });
    expect((await call("ping", {}, { auth: { apiKey: await keyFor("ada") } }))["status"]).toBe("ok");
  });
});
