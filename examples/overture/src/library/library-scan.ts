import { closeSync, openSync, readSync, fstatSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { CoverStore } from "./cover-store.ts";
import { gatherAlbums } from "./gather-albums.ts";
import { libraryIdOf } from "./ids.ts";
import { coverBytesMax } from "./picture.ts";
import { readTrack } from "./read-track.ts";
import type { ScanConfig, ScanResult } from "./scan-messages.ts";
import { TrackRows } from "./track-rows.ts";
import { walkFolder } from "./walk-folder.ts";
import type { FoundFile, FoundFolder } from "./walk-folder.ts";

interface LibraryScanOptions extends ScanConfig {
  readonly nowMs: () => number;
  /** Told which file is opened next. */
  readonly onFile: (file: string) => void;
}

/** Files of one transaction: a reader sees them at once, and a crash loses no more. */
const filesPerCommit = 400;

/** Brings the library up to the folders: only files that are new or have changed are read. */
export class LibraryScan {
  readonly #database: DatabaseSync;
  readonly #options: LibraryScanOptions;
  readonly #covers: CoverStore;
  readonly #rows: TrackRows;
  readonly #skip: ReadonlySet<string>;
  #read = 0;
  #unreadable = 0;
  #removed = 0;
  #uncommitted = 0;

  constructor(database: DatabaseSync, options: LibraryScanOptions) {
    this.#database = database;
    this.#options = options;
    this.#covers = new CoverStore(database, options.coverFolder);
    this.#rows = new TrackRows(database);
    this.#skip = new Set(options.skip);
  }

  async run(): Promise<ScanResult> {
    const folders = this.#options.folders.map((folder) => resolve(folder));
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#database
        .prepare("UPDATE libraries SET withdrawn = 1 WHERE id NOT IN (SELECT value FROM json_each(?))")
        .run(JSON.stringify(folders.map(libraryIdOf)));
      for (const folder of folders) await this.#scanLibrary(folder);
      gatherAlbums(this.#database);
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    return {
      tracks: this.#rows.count(),
      read: this.#read,
      unreadable: this.#unreadable,
      removed: this.#removed,
    };
  }

  async #scanLibrary(folder: string): Promise<void> {
    const libraryId = libraryIdOf(folder);
    this.#database
      .prepare(
        `INSERT INTO libraries VALUES (?, ?, ?, 0)
         ON CONFLICT (id) DO UPDATE SET withdrawn = 0`,
      )
      .run(libraryId, folder, basename(folder));
    const known = this.#rows.known(libraryId);
    for (const found of walkFolder(folder)) await this.#scanFolder(folder, libraryId, found, known);
    for (const path of known.keys()) {
      this.#rows.remove(libraryId, path);
      this.#removed += 1;
    }
  }

  async #scanFolder(
    root: string,
    libraryId: string,
    found: FoundFolder,
    known: Map<string, { readonly sizeBytes: number; readonly changedAtMs: number }>,
  ): Promise<void> {
    let folderCover: string | null | undefined;
    for (const file of found.audio) {
      const before = known.get(file.path);
      known.delete(file.path);
      if (before?.sizeBytes === file.sizeBytes && before.changedAtMs === file.changedAtMs) continue;
      folderCover ??= this.#folderCover(root, found);
      await this.#readFile(root, libraryId, file, folderCover);
      this.#uncommitted += 1;
      if (this.#uncommitted < filesPerCommit) continue;
      this.#uncommitted = 0;
      this.#database.exec("COMMIT; BEGIN IMMEDIATE");
    }
  }

  async #readFile(
    root: string,
    libraryId: string,
    file: FoundFile,
    folderCover: string | null,
  ): Promise<void> {
    const absolute = join(root, file.path);
    try {
      if (this.#skip.has(absolute)) throw new Error("reading it took too long");
      this.#options.onFile(absolute);
      const tags = await readTrack(absolute);
      const coverId = (tags.picture === null ? null : this.#covers.add(tags.picture)) ?? folderCover;
      this.#rows.put({ libraryId, file, tags, coverId, nowMs: this.#options.nowMs() });
      this.#read += 1;
    } catch (error) {
      this.#rows.unreadable(libraryId, file, error instanceof Error ? error.message : String(error));
      this.#unreadable += 1;
    }
  }

  #folderCover(root: string, { path, pictures }: FoundFolder): string | null {
    for (const name of pictures) {
      const bytes = readSmall(join(root, path, name));
      const id = bytes === null ? null : this.#covers.add(bytes);
      if (id !== null) return id;
    }
    return null;
  }
}

/** Null for a file over the size of a cover: it is not even read. */
function readSmall(file: string): Buffer | null {
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    if (size > coverBytesMax) return null;
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(handle, bytes, 0, size, 0));
  } finally {
    closeSync(handle);
  }
}
