import type { DirectoryProgress } from "@cordon/lake";

const words: Readonly<Record<DirectoryProgress["step"], string>> = {
  accounts: "reading accounts",
  installations: "reading installations",
  joining: "finding who is known",
  writing: "writing in order of ordinals",
  columns: "writing what cohorts are counted by",
};

/** One line on a terminal that says what an import is at; nothing anywhere else. */
export class DirectoryProgressLine {
  #shown = "";

  show({ step, bytes }: DirectoryProgress): void {
    const read = bytes === null ? "" : ` · ${Math.floor(bytes / 2 ** 20).toLocaleString("en-US")} MiB`;
    const text = words[step] + read;
    if (!process.stderr.isTTY || text === this.#shown) return;
    process.stderr.write(`\r${text}\u001b[K`);
    this.#shown = text;
  }

  clear(): void {
    if (this.#shown !== "") process.stderr.write("\r\u001b[K");
    this.#shown = "";
  }
}
