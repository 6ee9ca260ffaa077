import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

const bufferItems = 2 ** 20;
/** What the engine hands over at once, and more. */
const headroomItems = 2 ** 16;

/** A file of whole numbers, little-endian; at rest once `end` has resolved. */
export class NumberFile {
  readonly #file: FileHandle;
  readonly #buffer: Uint16Array | Uint32Array;
  #filled = 0;

  private constructor(file: FileHandle, buffer: Uint16Array | Uint32Array) {
    this.#file = file;
    this.#buffer = buffer;
  }

  /** The file must not be there yet. */
  static async make(path: string, bytes: 2 | 4): Promise<NumberFile> {
    const buffer = bytes === 2 ? new Uint16Array(bufferItems) : new Uint32Array(bufferItems);
    return new NumberFile(await open(path, "wx", 0o600), buffer);
  }

  /** Time for a `flush`: there is room for some thousand numbers more. */
  get isFull(): boolean {
    return this.#filled > bufferItems - headroomItems;
  }

  push(number: number): void {
    this.#buffer[this.#filled++] = number;
  }

  async flush(): Promise<void> {
    const { buffer, BYTES_PER_ELEMENT: width } = this.#buffer;
    await this.#file.writeFile(new Uint8Array(buffer, 0, this.#filled * width));
    this.#filled = 0;
  }

  async end(): Promise<void> {
    try {
      await this.flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }
}
