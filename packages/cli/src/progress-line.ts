import type { ReadingProgress } from "@cordon/lake";
import { oneLine } from "./one-line.ts";

/** One line on a terminal that is written over; nothing anywhere else. */
export class ProgressLine {
  #shown = false;

  show({ source, lines, bytes, bytesTotal }: ReadingProgress): void {
    if (!process.stderr.isTTY) return;
    const percent = bytesTotal === 0 ? 100 : Math.min(100, Math.floor((bytes / bytesTotal) * 100));
    const text = oneLine(`${percent} % · ${lines.toLocaleString("en-US")} lines · ${source}`);
    process.stderr.write(`\r${text.slice(0, 78)}\u001b[K`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}
