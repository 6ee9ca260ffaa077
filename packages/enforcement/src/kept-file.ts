import { mkdir, open, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * A small part of what an enforcement point knows, kept on disk across restarts. `write` is atomic and durable: after a
 * crash the file is the old one or the new one, whole. One process writes it. Mode 0600: a bundle tells who is concerned.
 */
export class KeptFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null when nothing was ever kept. Throws when there is something and it can't be read. */
  async read(): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#file);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const folder = dirname(this.#file);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, `.${basename(this.#file)}.draft`);
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.#file);
    const directory = await open(folder, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}
