import type { Node } from "./answer.ts";
import type { Call, Endpoint } from "./call.ts";
import { albumNodes, artistNodes, songNodes } from "./items.ts";
import { SubsonicError } from "./subsonic-error.ts";

const artistsMax = 100_000;
const notFound = () => new SubsonicError(70);

/** Artists under the first letter of their names; whatever begins with none under `#`. */
function indexed(nodes: readonly Node[]): readonly Node[] {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const name = typeof node["name"] === "string" ? node["name"] : "";
    const first = name.normalize("NFD").charAt(0).toUpperCase();
    const letter = /^\p{L}$/u.test(first) ? first : "#";
    groups.set(letter, [...(groups.get(letter) ?? []), node]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, artist]) => ({ name, artist }));
}

function allArtists(call: Call): readonly Node[] {
  return artistNodes(call, call.library.library.artists({ offset: 0, limit: artistsMax }));
}

/** getMusicFolders, getIndexes, getArtists, getArtist, getAlbum, getSong, getGenres. */
export const browsingEndpoints: Readonly<Record<string, Endpoint>> = {
  getMusicFolders: ({ library }) => ({
    musicFolders: { musicFolder: library.library.folders().map(({ name }, n) => ({ id: n + 1, name })) },
  }),

  getIndexes: (call) => {
    const lastModified = call.library.library.changedAtMs();
    const after = call.parameters.whole("ifModifiedSince", 0, Number.MAX_SAFE_INTEGER);
    const index =
      lastModified <= after ? [] : indexed(allArtists(call).map(({ id, name }) => ({ id, name })));
    return { indexes: { lastModified, ignoredArticles: "", index } };
  },

  getArtists: (call) => ({ artists: { ignoredArticles: "", index: indexed(allArtists(call)) } }),

  getArtist: (call) => {
    const { library } = call.library;
    const found = library.artist(call.parameters.need("id"));
    const [artist] = found === null ? [] : artistNodes(call, [found]);
    if (found === null || artist === undefined) throw notFound();
    const album = albumNodes(call, library.albumsOf(found.id));
    return { artist: { ...artist, albumCount: album.length, album } };
  },

  getAlbum: (call) => {
    const { library } = call.library;
    const found = library.album(call.parameters.need("id"));
    const [album] = found === null ? [] : albumNodes(call, [found]);
    if (found === null || album === undefined) throw notFound();
    return { album: { ...album, song: songNodes(call, library.tracksOf(found.id)) } };
  },

  getSong: (call) => {
    const track = call.library.library.track(call.parameters.need("id"));
    const [song] = track === null ? [] : songNodes(call, [track]);
    if (song === undefined) throw notFound();
    return { song };
  },

  getGenres: ({ library }) => ({
    genres: {
      genre: library.library
        .genres()
        .map(({ name, trackCount, albumCount }) => ({ value: name, songCount: trackCount, albumCount })),
    },
  }),
};
