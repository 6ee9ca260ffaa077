import { parseVersion, type Version } from "./version.ts";

/** So many versions are kept; clients in the field run fewer, and a flood of made-up ones must not fill the memory. */
const versionsMax = 1024;
/** A longer text is read anew each time. */
const textLengthMax = 64;

/** Reads each version once, so that those seen before cost a look-up and no garbage. Answers as `parseVersion` does. */
export class VersionCache {
  readonly #read = new Map<string, Version | null>();

  parse(text: string): Version | null {
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const version = parseVersion(text);
    if (text.length <= textLengthMax) {
      if (this.#read.size >= versionsMax) this.#read.clear();
      this.#read.set(text, version);
    }
    return version;
  }
}
