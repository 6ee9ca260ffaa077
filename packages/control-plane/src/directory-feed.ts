import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  fetchDirectory,
  importDirectory,
  importDirectoryFromPostgres,
  LakeError,
  openDirectory,
  type Directory,
  type DirectoryState,
  type PostgresSource,
} from "@cordon/lake";
import { ControlPlaneError } from "./errors.ts";
import { Lane } from "./lane.ts";

/** Where the service's accounts and installations come from: files, or its database. */
export type DirectoryOrigin = FilesOrigin | { readonly postgres: PostgresSource };

interface FilesOrigin {
  /** An http(s) URL that answers JSONL, or a path. */
  readonly accounts: string;
  readonly installations: string | null;
  /** Sent as a bearer token to URLs. */
  readonly token: string | null;
}

/** The directory in HOME/lake, brought up to date from the service one refresh at a time. */
export class DirectoryFeed {
  readonly directory: Directory;
  readonly #home: string;
  readonly #origin: DirectoryOrigin | null;
  readonly #clock: () => number;
  readonly #refreshing = new Lane();

  private constructor(
    directory: Directory,
    home: string,
    origin: DirectoryOrigin | null,
    clock: () => number,
  ) {
    this.directory = directory;
    this.#home = home;
    this.#origin = origin;
    this.#clock = clock;
  }

  static async open(
    home: string,
    origin: DirectoryOrigin | null,
    clock: () => number,
  ): Promise<DirectoryFeed> {
    const lakeFolder = join(home, "lake");
    await mkdir(lakeFolder, { recursive: true });
    return new DirectoryFeed(await openDirectory({ lakeFolder }), home, origin, clock);
  }

  /** The state of the last import; null before the first. */
  async state(): Promise<DirectoryState | null> {
    try {
      return await this.directory.state();
    } catch (error) {
      if (error instanceof LakeError && error.code === "ERR_LAKE_NO_DIRECTORY") return null;
      throw error;
    }
  }

  /** Imports the directory when that was never done. */
  async ensure(): Promise<DirectoryState> {
    const known = await this.state();
    if (known !== null) return known;
    return this.#refreshing.run(async () => (await this.state()) ?? (await this.#refresh()).state);
  }

  /**
   * Fetches and imports the directory anew. `asOfMs` is the instant before the fetch began, or before the database's
   * snapshot: every account that existed then is in it. Throws ERR_PLANE_NO_DIRECTORY and LakeError.
   */
  refresh(): Promise<{ readonly asOfMs: number; readonly state: DirectoryState }> {
    return this.#refreshing.run(() => this.#refresh());
  }

  async #refresh(): Promise<{ asOfMs: number; state: DirectoryState }> {
    if (this.#origin === null) {
      throw new ControlPlaneError("ERR_PLANE_NO_DIRECTORY", "the control plane knows no directory", {
        hint: "start it with --directory",
      });
    }
    const lakeFolder = join(this.#home, "lake");
    if ("postgres" in this.#origin) {
      const { postgres } = this.#origin;
      const state = await importDirectoryFromPostgres({ lakeFolder, postgres, clock: this.#clock });
      return { asOfMs: Date.parse(state.asOf), state };
    }
    const intoFolder = join(lakeFolder, "fetched");
    const asOfMs = this.#clock();
    try {
      const fetched = await fetchDirectory({ ...this.#origin, intoFolder });
      const state = await importDirectory({ lakeFolder, asOfMs, ...fetched });
      return { asOfMs, state };
    } finally {
      await rm(intoFolder, { recursive: true, force: true });
    }
  }

  close(): void {
    this.directory.close();
  }
}
