import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";

/**
 * What OpenSubsonic's OpenAPI document (github.com/opensubsonic/open-subsonic-api, 1.16.1) asks of the answers that Overture gives,
 * stated here in short: types, required members, enumerations. Stricter in one thing: no member may be there that the document
 * does not know.
 */
const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const yes = { type: "boolean" } as const;
const instant = {
  type: "string",
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$",
} as const;
const list = (items: object) => ({ type: "array", items });

/** Members whose names end in `!` are required. */
function object(members: Readonly<Record<string, object>>): object {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace("!", ""), schema] as const);
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    required: Object.keys(members).flatMap((name) => (name.endsWith("!") ? [name.slice(0, -1)] : [])),
    additionalProperties: false,
  };
}

const artistMembers = { "id!": text, "name!": text, coverArt: text, albumCount: whole, starred: instant };
const artistId3 = object(artistMembers);
const song = object({
  "id!": text,
  parent: text,
  "isDir!": yes,
  "title!": text,
  album: text,
  artist: text,
  track: whole,
  year: whole,
  genre: text,
  coverArt: text,
  size: whole,
  contentType: text,
  suffix: text,
  starred: instant,
  duration: whole,
  bitRate: whole,
  playCount: whole,
  played: instant,
  discNumber: whole,
  created: instant,
  albumId: text,
  artistId: text,
  type: { enum: ["music", "podcast", "audiobook", "video"] },
  mediaType: { enum: ["song", "album", "artist"] },
  isVideo: yes,
  displayArtist: text,
  displayAlbumArtist: text,
});
const albumMembers = {
  "id!": text,
  "name!": text,
  artist: text,
  artistId: text,
  coverArt: text,
  "songCount!": whole,
  "duration!": whole,
  "created!": instant,
  starred: instant,
  year: whole,
  genre: text,
};
const album = object(albumMembers);
const playlistMembers = {
  "id!": text,
  "name!": text,
  comment: text,
  owner: text,
  public: yes,
  "songCount!": whole,
  "duration!": whole,
  "created!": instant,
  "changed!": instant,
  coverArt: text,
};
const playlist = object(playlistMembers);
const playlistWithSongs = object({ ...playlistMembers, entry: list(song) });
const roles = [
  ...[
    "scrobblingEnabled",
    "adminRole",
    "settingsRole",
    "downloadRole",
    "uploadRole",
    "playlistRole",
    "coverArtRole",
  ],
  ...["commentRole", "podcastRole", "streamRole", "jukeboxRole", "shareRole", "videoConversionRole"],
];
const user = object({
  "username!": text,
  email: text,
  folder: list(whole),
  ...Object.fromEntries(roles.map((role) => [`${role}!`, yes])),
});

/** What stands beside the envelope, by endpoint. */
const answers: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  ping: {},
  star: {},
  unstar: {},
  scrobble: {},
  updatePlaylist: {},
  deletePlaylist: {},
  savePlayQueue: {},
  getLicense: { "license!": object({ "valid!": yes }) },
  tokenInfo: { "tokenInfo!": object({ "username!": text }) },
  getUser: { "user!": user },
  getScanStatus: { "scanStatus!": object({ "scanning!": yes, count: whole }) },
  getOpenSubsonicExtensions: {
    "openSubsonicExtensions!": list(object({ "name!": text, "versions!": list(whole) })),
  },
  getMusicFolders: { "musicFolders!": object({ musicFolder: list(object({ "id!": whole, name: text })) }) },
  getIndexes: {
    "indexes!": object({
      "ignoredArticles!": text,
      "lastModified!": whole,
      index: list(object({ "name!": text, artist: list(object({ "id!": text, "name!": text })) })),
    }),
  },
  getArtists: {
    "artists!": object({
      ignoredArticles: text,
      index: list(object({ "name!": text, artist: list(artistId3) })),
    }),
  },
  getArtist: { "artist!": object({ ...artistMembers, album: list(album) }) },
  getAlbum: { "album!": object({ ...albumMembers, song: list(song) }) },
  getSong: { "song!": song },
  getGenres: {
    "genres!": object({ genre: list(object({ "value!": text, "songCount!": whole, "albumCount!": whole })) }),
  },
  getAlbumList2: { "albumList2!": object({ album: list(album) }) },
  getRandomSongs: { "randomSongs!": object({ song: list(song) }) },
  getStarred2: { "starred2!": object({ artist: list(artistId3), album: list(album), song: list(song) }) },
  search3: { "searchResult3!": object({ artist: list(artistId3), album: list(album), song: list(song) }) },
  getPlaylists: { "playlists!": object({ playlist: list(playlist) }) },
  getPlaylist: { "playlist!": playlistWithSongs },
  createPlaylist: { "playlist!": playlistWithSongs },
  getPlayQueue: {
    "playQueue!": object({
      current: text,
      position: whole,
      "username!": text,
      "changed!": instant,
      "changedBy!": text,
      entry: list(song),
    }),
  },
};

const envelope = {
  "version!": text,
  "type!": text,
  "serverVersion!": text,
  "openSubsonic!": { const: true },
};
const codes = [0, 10, 20, 30, 40, 41, 42, 43, 44, 50, 60, 70];
const failed = object({
  "status!": { const: "failed" },
  ...envelope,
  "error!": object({ "code!": { enum: codes }, message: text, helpUrl: text }),
});

const ajv = new Ajv2020({ allErrors: true });
const validators = new Map<string, ValidateFunction>();

/** What is wrong with an answer (the whole document of `f=json`), in words; empty: nothing. */
export function wrongInAnswer(endpoint: string, document: unknown): readonly string[] {
  const members = answers[endpoint];
  if (members === undefined) return [`no schema for \`${endpoint}\``];
  let validate = validators.get(endpoint);
  if (validate === undefined) {
    const ok = object({ "status!": { const: "ok" }, ...envelope, ...members });
    validate = ajv.compile(object({ "subsonic-response!": { anyOf: [ok, failed] } }));
    validators.set(endpoint, validate);
  }
  return validate(document)
    ? []
    : (validate.errors ?? []).map(
        (error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
      );
}
