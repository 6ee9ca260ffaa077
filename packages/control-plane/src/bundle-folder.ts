import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BundleInForce } from "./record/incident-record.ts";
import type { JointBundles } from "./release/joint-bundles.ts";

/** Older bundles stay for this many versions. */
const bundlesKeptMax = 200;

/** Two control planes of one home may write the same bundle: each has a draft of its own. */
let drafts = 0;

export interface ServedBundle {
  readonly version: number;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * HOME/bundles. A bundle is staged, then recorded in the journal, then given its name: the record is what puts it in
 * force, so a crash before it leaves nothing, and a crash after it is made good at the next start.
 * INVARIANT: `<version>.bundle` has the bytes whose digest the journal names for that version.
 */
export class BundleFolder {
  readonly #folder: string;
  /** Where other servers find the bytes, and this one theirs; null for a folder on its own. */
  readonly #shared: JointBundles | null;
  /** What the journal has been read to name last; null before the first. */
  readonly #recorded: () => BundleInForce | null;
  readonly #listeners = new Set<() => void>();
  #served: ServedBundle | null = null;
  /** At rest under a name that nobody reads yet. */
  #atRest: ServedBundle | null = null;

  constructor(
    folder: string,
    shared: JointBundles | null = null,
    recorded: () => BundleInForce | null = () => null,
  ) {
    this.#folder = folder;
    this.#shared = shared;
    this.#recorded = recorded;
  }

  /**
   * The bundle that enforcement points are given; null before the first. INVARIANT: from the moment the record names what was
   * staged here it is this one, so that nobody reads of a plan in force and is given the bundle before it.
   */
  get served(): ServedBundle | null {
    const recorded = this.#recorded();
    const staged = this.#atRest;
    const isRecorded = staged?.version === recorded?.version && staged?.sha256 === recorded?.sha256;
    return isRecorded ? (staged ?? this.#served) : this.#served;
  }

  /** The version whose bytes have their name; null before the first. What is served may be one further. */
  get namedVersion(): number | null {
    return this.#served?.version ?? null;
  }

  /** A bundle that is or was in force, from disk; null when it is no longer kept. */
  async read(version: number): Promise<ServedBundle | null> {
    const { served } = this;
    if (served?.version === version) return served;
    const bytes = await readIfThere(this.#named(version));
    return bytes === null ? null : { version, sha256: digest(bytes), bytes };
  }

  fileOf(version: number): string {
    return this.#named(version);
  }

  /** Called whenever there is another bundle. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts bytes to rest under a name that nobody reads yet. `sha256` is theirs, hex, where the caller knows it. */
  async stage(version: number, bytes: Uint8Array, sha256 = digest(bytes)): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#write(this.#staged(version), bytes);
    await this.#syncFolder();
    await this.#shared?.put(version, bytes);
    this.#atRest = { version, sha256, bytes };
  }

  /**
   * Serves the bundle that the journal says another server has put in force, from the database. False when its bytes are not
   * to be had there; nothing is changed then.
   */
  async join({ version, sha256 }: BundleInForce): Promise<boolean> {
    const bytes = (await this.#shared?.get(version, sha256)) ?? null;
    if (bytes === null) return false;
    const draft = join(this.#folder, `joined-${version}-${process.pid}-${++drafts}`);
    await this.#write(draft, bytes);
    await rename(draft, this.#named(version));
    await this.#syncFolder();
    if ((this.#served?.version ?? 0) < version) this.#serve({ version, sha256, bytes });
    return true;
  }

  /** Gives the staged bytes of a recorded bundle their name, and serves them. */
  async putInForce(version: number, sha256: string, bytes: Uint8Array): Promise<void> {
    await rename(this.#staged(version), this.#named(version));
    // It is at rest: should the machine lose the new name, `recover` finds the bytes under the staged one.
    this.#serve({ version, sha256, bytes });
    await this.#syncFolder();
    await rm(this.#named(version - bundlesKeptMax), { force: true });
  }

  /**
   * Brings the folder to what the journal says, after a start or a failure. False when the bytes of the recorded bundle are lost or
   * changed: a new one must be built then, since these can't be served.
   */
  async recover(recorded: BundleInForce | null): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (recorded !== null) {
      const { version, sha256 } = recorded;
      const named = await readIfThere(this.#named(version));
      const staged = named === null ? await readIfThere(this.#staged(version)) : null;
      const bytes = named ?? staged;
      if (bytes === null || digest(bytes) !== sha256) return this.join(recorded);
      if (named === null) await rename(this.#staged(version), this.#named(version));
      this.#serve({ version, sha256, bytes });
    }
    // What is staged and not recorded never was in force; its version is free.
    for (const name of await readdir(this.#folder)) {
      if (/^(staged|joined)-/.test(name)) await rm(join(this.#folder, name), { force: true });
    }
    await this.#syncFolder();
    return true;
  }

  #serve(bundle: ServedBundle): void {
    this.#served = bundle;
    this.#atRest = null;
    for (const listener of this.#listeners) listener();
  }

  #named(version: number): string {
    return join(this.#folder, `${version}.bundle`);
  }

  #staged(version: number): string {
    return join(this.#folder, `staged-${version}`);
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const handle = await open(file, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
