import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";

import { pictureOf } from "./picture.ts";

const coverIdPattern = /^[0-9a-f]{40}$/;

/** Covers as files named by their contents: the same picture on a hundred tracks is one file. */
export class CoverStore {
  readonly #folder: string;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync, folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#insert = database.prepare("INSERT INTO covers VALUES (?, ?) ON CONFLICT (id) DO NOTHING");
    this.#find = database.prepare("SELECT content_type AS contentType FROM covers WHERE id = ?");
  }

  /** The cover's id; null for bytes that are no picture of a sensible size. */
  add(bytes: Uint8Array): string | null {
    const picture = pictureOf(bytes);
    if (picture === null) return null;
    const id = createHash("sha256").update(bytes).digest("hex").slice(0, 40);
    const file = join(this.#folder, id);
    if (!existsSync(file)) {
      writeFileSync(`${file}.draft`, bytes, { mode: 0o600 });
      renameSync(`${file}.draft`, file);
    }
    this.#insert.run(id, picture.contentType);
    return id;
  }

  /** Where it lies, and what it is; null for an id of no cover. */
  find(id: string): { readonly folder: string; readonly file: string; readonly contentType: string } | null {
    if (!coverIdPattern.test(id)) return null;
    const row = this.#find.get(id) as { readonly contentType: string } | undefined;
    return row === undefined ? null : { folder: this.#folder, file: id, contentType: row.contentType };
  }
}
