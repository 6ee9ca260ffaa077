import type { DatabaseSync, StatementSync } from "node:sqlite";

import { albumIdOf, artistIdOf, trackIdOf } from "./ids.ts";
import type { TrackTags } from "./read-track.ts";
import type { FoundFile } from "./walk-folder.ts";

interface NewTrack {
  readonly libraryId: string;
  readonly file: FoundFile;
  readonly tags: TrackTags;
  readonly coverId: string | null;
  readonly nowMs: number;
}

interface KnownFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

/** Writes tracks and what finds them. */
export class TrackRows {
  readonly #known: StatementSync;
  readonly #put: StatementSync;
  readonly #unindex: StatementSync;
  readonly #index: StatementSync;
  readonly #remove: StatementSync;
  readonly #forget: StatementSync;
  readonly #unreadable: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync) {
    this.#known = database.prepare(
      `SELECT path, size_bytes AS sizeBytes, changed_at AS changedAtMs FROM tracks WHERE library_id = ?1
       UNION ALL SELECT path, size_bytes, changed_at FROM unreadable WHERE library_id = ?1`,
    );
    this.#put = database.prepare(
      `INSERT INTO tracks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET size_bytes = excluded.size_bytes, changed_at = excluded.changed_at,
         title = excluded.title, artist = excluded.artist, artist_id = excluded.artist_id, album = excluded.album,
         album_id = excluded.album_id, album_artist = excluded.album_artist,
         album_artist_id = excluded.album_artist_id, disc = excluded.disc, number = excluded.number,
         year = excluded.year, genre = excluded.genre, duration_ms = excluded.duration_ms,
         bit_rate = excluded.bit_rate, content_type = excluded.content_type, cover_id = excluded.cover_id
       RETURNING n`,
    );
    this.#unindex = database.prepare("DELETE FROM search_tracks WHERE rowid = ?");
    this.#index = database.prepare(
      "INSERT INTO search_tracks (rowid, title, artist, album) VALUES (?, ?, ?, ?)",
    );
    this.#remove = database.prepare("DELETE FROM tracks WHERE library_id = ? AND path = ? RETURNING n");
    this.#forget = database.prepare("DELETE FROM unreadable WHERE library_id = ? AND path = ?");
    this.#unreadable = database.prepare("INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?, ?, ?)");
    this.#count = database.prepare("SELECT count(*) AS count FROM tracks");
  }

  /** The library's files as they were at the last scan, by path. */
  known(libraryId: string): Map<string, KnownFile> {
    const rows = this.#known.all(libraryId) as unknown as KnownFile[];
    return new Map(rows.map((row) => [row.path, row]));
  }

  put({ libraryId, file, tags, coverId, nowMs }: NewTrack): void {
    this.#forget.run(libraryId, file.path);
    const row = this.#put.get(
      trackIdOf(libraryId, file.path),
      libraryId,
      file.path,
      file.sizeBytes,
      file.changedAtMs,
      tags.title,
      tags.artist,
      artistIdOf(tags.artist),
      tags.album,
      albumIdOf(tags.albumArtist, tags.album),
      tags.albumArtist,
      artistIdOf(tags.albumArtist),
      tags.disc,
      tags.number,
      tags.year,
      tags.genre,
      tags.durationMs,
      tags.bitRate,
      tags.contentType,
      coverId,
      nowMs,
    ) as { readonly n: number };
    this.#unindex.run(row.n);
    this.#index.run(row.n, tags.title, tags.artist, tags.album);
  }

  /** A file that can't be read is remembered, so that it is not tried again before it changes. */
  unreadable(libraryId: string, file: FoundFile, reason: string): void {
    this.remove(libraryId, file.path);
    this.#unreadable.run(libraryId, file.path, file.sizeBytes, file.changedAtMs, reason.slice(0, 300));
  }

  remove(libraryId: string, path: string): void {
    this.#forget.run(libraryId, path);
    const row = this.#remove.get(libraryId, path) as { readonly n: number } | undefined;
    if (row !== undefined) this.#unindex.run(row.n);
  }

  count(): number {
    return (this.#count.get() as { readonly count: number }).count;
  }
}
