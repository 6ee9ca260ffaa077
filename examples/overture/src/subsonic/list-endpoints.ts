import type { LibraryAlbum } from "../library/library-items.ts";
import type { Call, Endpoint } from "./call.ts";
import { albumNodes, artistNodes, songNodes } from "./items.ts";
import { SubsonicError } from "./subsonic-error.ts";

const listMax = 500;
const everything = /^(?:""|'')?$/;

function listed(call: Call, type: string): readonly LibraryAlbum[] {
  const { parameters, library, listening, owner } = call;
  const part = {
    offset: parameters.whole("offset", 0, 10_000_000),
    limit: parameters.whole("size", 10, listMax),
  };
  const albums = library.library;
  switch (type) {
    case "random":
      return albums.albums({ order: "random", ...part, offset: 0 });
    case "newest":
      return albums.albums({ order: "newest", ...part });
    case "alphabeticalByName":
      return albums.albums({ order: "title", ...part });
    case "alphabeticalByArtist":
      return albums.albums({ order: "artist", ...part });
    case "recent":
    case "frequent":
      return albums.albumsById(listening.plays.albums(owner.accountId, type, part));
    case "starred":
    case "highest": {
      const marked = [...listening.favourites.all(owner.accountId, "album").keys()];
      return albums.albumsById(marked.slice(part.offset, part.offset + part.limit));
    }
    case "byGenre":
      return albums.albums({ order: "title", ...part, genre: parameters.need("genre") });
    case "byYear": {
      const [from, to] = [Number(parameters.need("fromYear")), Number(parameters.need("toYear"))];
      const years = [Math.min(from, to), Math.max(from, to)] as const;
      if (!years.every(Number.isInteger))
        throw new SubsonicError(0, { message: "A year must be a whole number." });
      return albums.albums({ order: from <= to ? "year" : "yearDown", ...part, years });
    }
    default:
      throw new SubsonicError(0, { message: "There is no such `type` of list." });
  }
}

/** getAlbumList2, getRandomSongs, getStarred2, search3. */
export const listEndpoints: Readonly<Record<string, Endpoint>> = {
  getAlbumList2: (call) => ({
    albumList2: { album: albumNodes(call, listed(call, call.parameters.need("type"))) },
  }),

  getRandomSongs: (call) => {
    const { parameters, library } = call;
    const tracks = library.library.randomTracks(
      parameters.whole("size", 10, listMax),
      parameters.get("genre"),
    );
    return { randomSongs: { song: songNodes(call, tracks) } };
  },

  getStarred2: (call) => {
    const { owner, listening } = call;
    const { library } = call.library;
    const marked = (kind: "artist" | "album" | "track") => [
      ...listening.favourites.all(owner.accountId, kind).keys(),
    ];
    return {
      starred2: {
        artist: artistNodes(call, library.artistsById(marked("artist"))),
        album: albumNodes(call, library.albumsById(marked("album"))),
        song: songNodes(call, library.tracksById(marked("track"))),
      },
    };
  },

  search3: (call) => {
    const { parameters } = call;
    const { library } = call.library;
    const part = (name: string) => ({
      offset: parameters.whole(`${name}Offset`, 0, 10_000_000),
      limit: parameters.whole(`${name}Count`, 20, listMax),
    });
    const [artists, albums, tracks] = [part("artist"), part("album"), part("song")];
    const query = parameters.get("query") ?? "";
    // An empty query is the whole library: that is how clients copy it.
    const found = everything.test(query)
      ? {
          artists: library.artists(artists),
          albums: library.albums({ order: "title", ...albums }),
          tracks: library.tracks(tracks),
        }
      : library.search(query, { artists, albums, tracks });
    return {
      searchResult3: {
        artist: artistNodes(call, found.artists),
        album: albumNodes(call, found.albums),
        song: songNodes(call, found.tracks),
      },
    };
  },
};
