import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { LibraryAlbum, LibraryArtist, LibraryTrack, TrackFile } from "./library-items.ts";
import { matchQuery } from "./match-query.ts";

const artistColumns = "a.id, a.name, a.album_count AS albumCount, a.cover_id AS coverId";
const albumColumns = `b.id, b.title, b.artist, b.artist_id AS artistId, b.year, b.genre, b.cover_id AS coverId,
  b.track_count AS trackCount, b.duration_ms AS durationMs, b.added_at AS addedAtMs`;
const trackColumns = `t.id, t.library_id AS libraryId, t.path, t.size_bytes AS sizeBytes, t.title, t.artist,
  t.artist_id AS artistId, t.album, t.album_id AS albumId, t.album_artist AS albumArtist, t.disc, t.number, t.year,
  t.genre, t.duration_ms AS durationMs, t.bit_rate AS bitRate, t.content_type AS contentType, t.cover_id AS coverId,
  t.added_at AS addedAtMs`;
// INVARIANT: what belongs to a withdrawn library is found by nobody.
const presentTracks = "tracks t JOIN libraries l ON l.id = t.library_id AND l.withdrawn = 0";

const albumOrderings = {
  title: "b.title COLLATE NOCASE, b.n",
  artist: "b.artist COLLATE NOCASE, b.year, b.title COLLATE NOCASE, b.n",
  newest: "b.added_at DESC, b.n DESC",
  year: "b.year, b.title COLLATE NOCASE, b.n",
  yearDown: "b.year DESC, b.title COLLATE NOCASE, b.n",
  random: "random()",
} as const;

interface AlbumQuery {
  readonly order: keyof typeof albumOrderings;
  readonly offset: number;
  readonly limit: number;
  readonly genre?: string;
  readonly years?: readonly [from: number, to: number];
}

interface Found {
  readonly artists: readonly LibraryArtist[];
  readonly albums: readonly LibraryAlbum[];
  readonly tracks: readonly LibraryTrack[];
}

interface Part {
  readonly offset: number;
  readonly limit: number;
}

/** What there is to hear. Knows nobody: what people keep is in `listening`. */
export class Library {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  /** `database` is the library's own. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  counts(): { readonly artists: number; readonly albums: number; readonly tracks: number } {
    const count = (table: string) =>
      this.#one<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0;
    return { artists: count("artists"), albums: count("albums"), tracks: count(presentTracks) };
  }

  /** Changes with every change of what there is; milliseconds since the epoch. */
  changedAtMs(): number {
    return this.#one<{ at: number | null }>("SELECT max(added_at) AS at FROM albums")?.at ?? 0;
  }

  folders(): readonly { readonly id: string; readonly name: string }[] {
    return this.#all("SELECT id, name FROM libraries WHERE withdrawn = 0 ORDER BY name, id");
  }

  artists({ offset, limit }: Part): readonly LibraryArtist[] {
    return this.#all(
      `SELECT ${artistColumns} FROM artists a ORDER BY a.name COLLATE NOCASE, a.n LIMIT ? OFFSET ?`,
      limit,
      offset,
    );
  }

  artist(id: string): LibraryArtist | null {
    return this.#one(`SELECT ${artistColumns} FROM artists a WHERE a.id = ?`, id);
  }

  artistsById(ids: readonly string[]): readonly LibraryArtist[] {
    return inOrder(
      ids,
      this.#all(`SELECT ${artistColumns} FROM artists a WHERE a.id IN ${listed}`, json(ids)),
    );
  }

  albumsOf(artistId: string): readonly LibraryAlbum[] {
    return this.#all(
      `SELECT ${albumColumns} FROM albums b WHERE b.artist_id = ?1 OR b.id IN
         (SELECT t.album_id FROM ${presentTracks} WHERE t.artist_id = ?1)
       ORDER BY b.year, b.title COLLATE NOCASE, b.n`,
      artistId,
    );
  }

  albums({ order, offset, limit, genre, years }: AlbumQuery): readonly LibraryAlbum[] {
    const [from, to] = years ?? [0, 9_999];
    return this.#all(
      `SELECT ${albumColumns} FROM albums b WHERE (?1 IS NULL OR b.genre = ?1) AND (?2 = 0 OR b.year BETWEEN ?3 AND ?4)
       ORDER BY ${albumOrderings[order]} LIMIT ?5 OFFSET ?6`,
      genre ?? null,
      years === undefined ? 0 : 1,
      from,
      to,
      limit,
      offset,
    );
  }

  album(id: string): LibraryAlbum | null {
    return this.#one(`SELECT ${albumColumns} FROM albums b WHERE b.id = ?`, id);
  }

  albumsById(ids: readonly string[]): readonly LibraryAlbum[] {
    return inOrder(ids, this.#all(`SELECT ${albumColumns} FROM albums b WHERE b.id IN ${listed}`, json(ids)));
  }

  tracksOf(albumId: string): readonly LibraryTrack[] {
    return this.#all(
      `SELECT ${trackColumns} FROM ${presentTracks} WHERE t.album_id = ? ORDER BY t.disc, t.number, t.title, t.n`,
      albumId,
    );
  }

  track(id: string): LibraryTrack | null {
    return this.#one(`SELECT ${trackColumns} FROM ${presentTracks} WHERE t.id = ?`, id);
  }

  /** In the order of `ids`; those that are no track are left out, one that stands twice comes twice. */
  tracksById(ids: readonly string[]): readonly LibraryTrack[] {
    return inOrder(
      ids,
      this.#all(`SELECT ${trackColumns} FROM ${presentTracks} WHERE t.id IN ${listed}`, json(ids)),
    );
  }

  file(id: string): TrackFile | null {
    return this.#one(`SELECT ${trackColumns}, l.folder FROM ${presentTracks} WHERE t.id = ?`, id);
  }

  genres(): readonly { readonly name: string; readonly albumCount: number; readonly trackCount: number }[] {
    return this.#all(
      `SELECT t.genre AS name, count(DISTINCT t.album_id) AS albumCount, count(*) AS trackCount
       FROM ${presentTracks} WHERE t.genre IS NOT NULL GROUP BY t.genre ORDER BY t.genre COLLATE NOCASE`,
    );
  }

  randomTracks(limit: number, genre: string | null): readonly LibraryTrack[] {
    return this.#all(
      `SELECT ${trackColumns} FROM ${presentTracks} WHERE (?1 IS NULL OR t.genre = ?1) ORDER BY random() LIMIT ?2`,
      genre,
      limit,
    );
  }

  /** All tracks, in no order that means anything. */
  tracks({ offset, limit }: Part): readonly LibraryTrack[] {
    return this.#all(
      `SELECT ${trackColumns} FROM ${presentTracks} ORDER BY t.n LIMIT ? OFFSET ?`,
      limit,
      offset,
    );
  }

  /** What the words match, the best first; every word must begin one of an item's words. */
  search(
    words: string,
    parts: { readonly artists: Part; readonly albums: Part; readonly tracks: Part },
  ): Found {
    const match = matchQuery(words);
    if (match === null) return { artists: [], albums: [], tracks: [] };
    const { artists, albums, tracks } = parts;
    return {
      artists: this.#all(
        `SELECT ${artistColumns} FROM search_artists s JOIN artists a ON a.n = s.rowid
         WHERE search_artists MATCH ? ORDER BY rank LIMIT ? OFFSET ?`,
        match,
        artists.limit,
        artists.offset,
      ),
      albums: this.#all(
        `SELECT ${albumColumns} FROM search_albums s JOIN albums b ON b.n = s.rowid
         WHERE search_albums MATCH ? ORDER BY rank LIMIT ? OFFSET ?`,
        match,
        albums.limit,
        albums.offset,
      ),
      // Ranked among themselves first: only the few that are shown are fetched.
      tracks: this.#all(
        `SELECT ${trackColumns} FROM (SELECT rowid AS n, rank AS place FROM search_tracks
           WHERE search_tracks MATCH ?1 ORDER BY rank LIMIT ?2 + ?3) s
         JOIN tracks t ON t.n = s.n JOIN libraries l ON l.id = t.library_id AND l.withdrawn = 0
         ORDER BY s.place, t.n LIMIT ?2 OFFSET ?3`,
        match,
        tracks.limit,
        tracks.offset,
      ),
    };
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a row's type stands with its SQL
  #all<Row>(sql: string, ...values: (string | number | null)[]): readonly Row[] {
    return this.#statement(sql).all(...values) as unknown as Row[];
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a row's type stands with its SQL
  #one<Row>(sql: string, ...values: (string | number | null)[]): Row | null {
    return (this.#statement(sql).get(...values) as Row | undefined) ?? null;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

const listed = "(SELECT value FROM json_each(?))";
const json = (ids: readonly string[]): string => JSON.stringify(ids);

function inOrder<Item extends { readonly id: string }>(
  ids: readonly string[],
  items: readonly Item[],
): readonly Item[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
