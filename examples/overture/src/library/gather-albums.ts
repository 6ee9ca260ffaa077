import type { DatabaseSync } from "node:sqlite";

const present = "tracks JOIN libraries ON libraries.id = tracks.library_id AND withdrawn = 0";

/** Makes albums and artists anew from the tracks of all libraries that are not withdrawn, within the caller's transaction. */
export function gatherAlbums(database: DatabaseSync): void {
  database.exec(`
DELETE FROM albums;
DELETE FROM artists;
INSERT INTO search_albums (search_albums) VALUES ('delete-all');
INSERT INTO search_artists (search_artists) VALUES ('delete-all');

INSERT INTO albums (id, title, artist, artist_id, year, genre, cover_id, track_count, duration_ms, added_at)
SELECT album_id, min(album), min(album_artist), album_artist_id, max(year), min(genre), min(cover_id), count(*),
       sum(duration_ms), max(added_at)
FROM ${present} GROUP BY album_id;

INSERT INTO artists (id, name, album_count, cover_id)
SELECT artist_id, min(artist), count(*), min(cover_id) FROM albums GROUP BY artist_id;

-- Who only plays on somebody else's album is an artist as well.
INSERT INTO artists (id, name, album_count, cover_id)
SELECT artist_id, min(artist), 0, min(cover_id) FROM ${present}
WHERE artist_id NOT IN (SELECT id FROM artists) GROUP BY artist_id;

INSERT INTO search_albums (rowid, title, artist) SELECT n, title, artist FROM albums;
INSERT INTO search_artists (rowid, name) SELECT n, name FROM artists;
`);
}
