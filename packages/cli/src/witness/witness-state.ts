import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import {
  decodeBase64,
  encodeBase64,
  hashBytes,
  type VerifierKey,
  type WatchedLog,
  type WitnessState,
} from "@cordon/transparency";
import { CliError } from "../cli-error.ts";

const fileName = "state.json";

/** What a witness must not forget: the size and root that it cosigned last of each log. */
export class WitnessStateFile {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, fileName);
  }

  /** The state for these logs. Throws a CliError for a file that holds something else: guessing could roll a log back. */
  async read(logs: readonly VerifierKey[]): Promise<WitnessState> {
    const heads = await this.#heads();
    return new Map(
      logs.map((key): [string, WatchedLog] => [
        key.name,
        { keys: logs.filter(({ name }) => name === key.name), head: heads.get(key.name) ?? null },
      ]),
    );
  }

  /** On the disk when it returns. */
  async write(state: WitnessState): Promise<void> {
    // Logs that are not watched now keep what was cosigned of them.
    const heads = await this.#heads();
    for (const [origin, { head }] of state) if (head !== null) heads.set(origin, head);
    const document = Object.fromEntries(
      [...heads].map(([origin, { size, root }]) => [origin, { size, root: encodeBase64(root) }]),
    );
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const draft = `${this.#file}.new`;
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(document)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.#file);
    const folder = await open(path.dirname(this.#file), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #heads(): Promise<Map<string, { readonly size: number; readonly root: Uint8Array }>> {
    let text: string;
    try {
      text = await readFile(this.#file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
      throw error;
    }
    const heads = new Map<string, { readonly size: number; readonly root: Uint8Array }>();
    for (const [origin, value] of Object.entries(this.#parsed(text))) {
      const { size, root } = Object(value) as { readonly size?: unknown; readonly root?: unknown };
      const hash = typeof root === "string" ? decodeBase64(root) : null;
      if (!Number.isSafeInteger(size) || hash?.length !== hashBytes) throw this.#malformed();
      heads.set(origin, { size: Number(size), root: hash });
    }
    return heads;
  }

  #parsed(text: string): object {
    try {
      const document: unknown = JSON.parse(text);
      if (typeof document === "object" && document !== null) return document;
    } catch {
      // Told below.
    }
    throw this.#malformed();
  }

  #malformed(): CliError {
    return new CliError("ERR_CLI_FILE", `${this.#file}: is malformed, expected what this witness wrote`);
  }
}
