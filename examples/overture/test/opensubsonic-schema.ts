import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";

/**
 * What OpenSubsonic's OpenAPI document (github.com/opensubsonic/open-subsonic-api, 1.16.1, its `openapi/schemas` and
 * `openapi/endpoints`) asks of the answers that Overture gives, stated here in short: names, types, required members, enumerations.
 * Stricter in three things: no member may be there that the document does not know, `openSubsonic` is true, and times are in UTC.
 *
 * On 2026-11-24 the answers were held against the document's schemas, written off keyword by keyword (descriptions left out), and this
 * file was compared with them member by member. There is no one commit for all: a schema counts as of the one it was read at,
 * 3966e1fe Child, Playlist; a3311bec Child with works, Movement; b1a813ac Work; 2ace0a2a AlbumID3; 40a607ed ArtistID3;
 * 4903aacd Artist, User; 26e9ed1d DiscTitle; a76155d0 ReplayGain; 98d82e21 Genre; ae96cab3 ArtistsID3; 94301bed IndexID3;
 * f69dbea2 Error, Index, ItemDate, GenericMediaType, OpenSubsonicExtension, Starred2, SubsonicFailureResponse;
 * 7655729b ScanStatus, RecordLabel, SubsonicSuccessResponse; 6ac20322 SearchResult3, ArtistWithAlbumsID3;
 * 58eca8f9 PlayQueue, MusicFolder, AlbumList2, TokenInfo, SubsonicResponse; 62cedfee Genres, Playlists, PlaylistWithSongs;
 * c13875dd License, MusicFolders, Contributor, MediaType; 6e431f4b AlbumID3WithSongs, ExplicitStatus; d79a8ed2 Indexes, Songs;
 * aa45a586 BinaryResponse. ItemGenre and SubsonicBaseResponse could not be had, and are as the documentation's tables have them.
 * Where versions differ (the least average rating of a Child), the stricter one stands.
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

const texts = list(text);
const rating = { type: "integer", minimum: 1, maximum: 5 } as const;
const average = { type: "number", minimum: 1, maximum: 5 } as const;
const itemDate = object({
  year: whole,
  month: { type: "integer", minimum: 1, maximum: 12 },
  day: { type: "integer", minimum: 1, maximum: 31 },
});
const genres = list(object({ "name!": text }));
const explicit = { enum: ["", "explicit", "clean"] } as const;
const decibels = { type: "number" } as const;
const peak = { type: "number", minimum: 0 } as const;
const replayGain = object({
  trackGain: decibels,
  albumGain: decibels,
  trackPeak: peak,
  albumPeak: peak,
  baseGain: decibels,
  fallbackGain: decibels,
  measurementScheme: text,
});

/** ArtistID3. */
const artistMembers = {
  "id!": text,
  "name!": text,
  coverArt: text,
  artistImageUrl: text,
  albumCount: whole,
  starred: instant,
  musicBrainzId: text,
  sortName: text,
  roles: texts,
  userRating: rating,
};
const artistId3 = object(artistMembers);
/** Artist, of the listings by folder. */
const artist = object({
  "id!": text,
  "name!": text,
  starred: instant,
  artistImageUrl: text,
  userRating: rating,
  averageRating: average,
});
/** Child. */
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
  transcodedContentType: text,
  transcodedSuffix: text,
  starred: instant,
  duration: whole,
  bitRate: whole,
  bitDepth: whole,
  samplingRate: whole,
  channelCount: whole,
  path: text,
  userRating: rating,
  averageRating: average,
  playCount: whole,
  played: instant,
  discNumber: whole,
  created: instant,
  albumId: text,
  artistId: text,
  type: { enum: ["music", "podcast", "audiobook", "video"] },
  mediaType: { enum: ["song", "album", "artist"] },
  isVideo: yes,
  bookmarkPosition: whole,
  originalWidth: whole,
  originalHeight: whole,
  bpm: whole,
  comment: text,
  sortName: text,
  musicBrainzId: text,
  isrc: texts,
  genres,
  artists: list(artistId3),
  displayArtist: text,
  albumArtists: list(artistId3),
  displayAlbumArtist: text,
  contributors: list(object({ "role!": text, subRole: text, "artist!": artistId3 })),
  displayComposer: text,
  moods: texts,
  explicitStatus: explicit,
  replayGain,
  works: list(object({ "name!": text, musicBrainzId: text })),
  movements: list(object({ "name!": text, number: whole, count: whole })),
});
/** AlbumID3. */
const albumMembers = {
  "id!": text,
  "name!": text,
  version: text,
  artist: text,
  artistId: text,
  coverArt: text,
  "songCount!": whole,
  "duration!": whole,
  playCount: whole,
  "created!": instant,
  starred: instant,
  played: instant,
  userRating: rating,
  year: whole,
  genre: text,
  genres,
  musicBrainzId: text,
  artists: list(artistId3),
  displayArtist: text,
  releaseTypes: texts,
  moods: texts,
  sortName: text,
  originalReleaseDate: itemDate,
  releaseDate: itemDate,
  isCompilation: yes,
  explicitStatus: explicit,
  recordLabels: list(object({ "name!": text })),
  discTitles: list(object({ "disc!": whole, "title!": text, coverArt: text })),
  song: list(song),
};
const album = object(albumMembers);
const { song: songsOfAlbum, ...albumItself } = albumMembers;
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
  readonly: yes,
  validUntil: instant,
  allowedUser: texts,
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
  maxBitRate: whole,
  avatarLastChanged: instant,
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
  getLicense: {
    "license!": object({ "valid!": yes, email: text, licenseExpires: instant, trialExpires: instant }),
  },
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
      shortcut: list(artist),
      child: list(song),
      index: list(object({ "name!": text, artist: list(artist) })),
    }),
  },
  getArtists: {
    "artists!": object({
      ignoredArticles: text,
      index: list(object({ "name!": text, artist: list(artistId3) })),
    }),
  },
  getArtist: { "artist!": object({ ...artistMembers, "album!": list(album) }) },
  getAlbum: { "album!": object({ ...albumItself, "song!": songsOfAlbum }) },
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
