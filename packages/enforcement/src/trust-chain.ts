import {
  checkTrustRoot,
  checkTrustUpdate,
  isTrustExpired,
  readTrustRoot,
  TrustError,
  type SignedTrustRoot,
  type TrustRoot,
} from "@cordon/bundle";

import { rawVerification } from "./bundle-keys.ts";
import { EnforcementError } from "./errors.ts";
import { KeptFile } from "./kept-file.ts";

export interface TrustOptions {
  /** The root that one begins from: the bytes of a file of `cordon trust init`, put in place by hand. */
  readonly root: Uint8Array;
  /** Where the updates that followed it are kept, so that they are never forgotten. */
  readonly keptFile: string;
}

/** Updates that are taken at one look; a source can't keep a point busy for ever. */
const updatesMax = 32;
/** What is kept on disk may hold so many updates; with a rotation a week that is twenty years. */
const updatesKeptMax = 1024;
const lineFeed = 0x0a;

/**
 * The pinned trust root and every update that followed it. INVARIANT: its version never goes down, also not across restarts, and
 * each root was signed by the one before (TUF 5.3).
 */
export class TrustChain {
  readonly #kept: KeptFile;
  /** As they came, in order; each ends in a line feed and has no other. */
  readonly #updates: Uint8Array[] = [];
  #newest: SignedTrustRoot;
  #unwritten = false;

  /** Throws an EnforcementError when the pinned root is none, or is not signed by its own keys. */
  constructor({ root, keptFile }: TrustOptions) {
    try {
      this.#newest = readTrustRoot(root);
      checkTrustRoot(this.#newest, rawVerification);
    } catch (cause) {
      if (!(cause instanceof TrustError)) throw cause;
      const message = `the pinned trust root is refused: ${cause.message}`;
      throw new EnforcementError("ERR_ENFORCEMENT_KEY", message, { cause });
    }
    this.#kept = new KeptFile(keptFile);
  }

  get root(): TrustRoot {
    return this.#newest.root;
  }

  isExpired(nowMs: number): boolean {
    return isTrustExpired(this.root, nowMs);
  }

  /**
   * Takes up the updates that are kept on disk. They are checked as if they had just come. Throws a TrustError when they are not
   * what follows the pinned root, and the file system's errors; what was checked before that stands.
   */
  async startFromDisk(): Promise<void> {
    const bytes = await this.#kept.read();
    if (bytes === null) return;
    const pinnedVersion = this.root.version;
    for (const line of linesOf(bytes)) {
      const update = readTrustRoot(line);
      // A root that was pinned anew is ahead of what was kept.
      if (update.root.version <= pinnedVersion) continue;
      checkTrustUpdate(this.root, update, rawVerification);
      this.#newest = update;
      this.#updates.push(line);
    }
  }

  /**
   * Takes the updates that `fetch` has (null: no such version), one after the other. Resolves to how many were taken.
   * Throws a TrustError for the first that may not follow, and what `fetch` throws; those before it are taken.
   */
  async update(fetch: (version: number) => Promise<Uint8Array | null>): Promise<number> {
    let taken = 0;
    try {
      for (; taken < updatesMax; taken++) {
        const bytes = await fetch(this.root.version + 1);
        if (bytes === null) break;
        const update = readTrustRoot(bytes);
        checkTrustUpdate(this.root, update, rawVerification);
        if (this.#updates.length >= updatesKeptMax) {
          const what = `more than ${updatesKeptMax} updates after the pinned root, pin a newer one`;
          throw new TrustError("ERR_TRUST_SIZE", what);
        }
        this.#newest = update;
        this.#updates.push(bytes);
        this.#unwritten = true;
      }
    } finally {
      // A disk that is full does not stop a rotation; what could not be kept is tried again at the next look.
      if (this.#unwritten) await this.#keep();
    }
    return taken;
  }

  /** Whether the newest root is on disk. */
  get isKept(): boolean {
    return !this.#unwritten;
  }

  async #keep(): Promise<void> {
    try {
      await this.#kept.write(Buffer.concat(this.#updates));
      this.#unwritten = false;
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(lineFeed, start);
    const next = end < 0 ? bytes.length : end + 1;
    yield bytes.subarray(start, next);
    start = next;
  }
}
