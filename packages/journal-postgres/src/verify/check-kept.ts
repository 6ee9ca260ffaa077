import { openCheckpoint, sameBytes, type VerifierKey } from "@cordon/transparency";
import { keptCheckpointFile } from "../log/publish.ts";
import type { LogSource } from "./log-source.ts";
import { reasonOf, type Findings } from "./verification.ts";

/** A checkpoint that was kept elsewhere: its bytes are null when it can't be read. */
export interface ForeignCheckpoint {
  readonly name: string;
  readonly bytes: Uint8Array | null;
}

interface Expected {
  /** The name to report. */
  readonly file: string;
  /** null for a checkpoint of any size. */
  readonly size: number | null;
  readonly root: Uint8Array;
}

/** Step 6: checkpoints signed before must be of this very tree, when it was smaller. */
export class KeptCheckpoints {
  readonly #source: LogSource;
  readonly #key: VerifierKey;
  readonly #findings: Findings;
  readonly #sizes: Float64Array;
  /** Foreign checkpoints by their size. */
  readonly #foreign = new Map<number, ForeignCheckpoint[]>();
  #next = 0;

  constructor(given: {
    readonly source: LogSource;
    readonly key: VerifierKey;
    readonly findings: Findings;
    readonly sizes: Float64Array;
    readonly foreign: readonly ForeignCheckpoint[];
  }) {
    this.#source = given.source;
    this.#key = given.key;
    this.#findings = given.findings;
    this.#sizes = given.sizes;
    for (const checkpoint of given.foreign) this.#addForeign(checkpoint);
  }

  #addForeign(foreign: ForeignCheckpoint): void {
    if (foreign.bytes === null) {
      this.#fail(foreign.name, "the checkpoint can't be read");
      return;
    }
    try {
      const { size } = openCheckpoint(foreign.bytes, this.#key);
      // Nothing can be shown from the empty tree: every log begins with it.
      if (size === 0)
        this.#fail(foreign.name, "the checkpoint is of no entries, expected one that binds the log");
      this.#foreign.set(size, [...(this.#foreign.get(size) ?? []), foreign]);
    } catch (error) {
      this.#fail(foreign.name, reasonOf(error));
    }
  }

  /** To be called for each size that the tree passes through, with the tree's root at that size. */
  async pass(size: number, root: () => Uint8Array): Promise<void> {
    if (this.#sizes[this.#next] === size) {
      this.#next++;
      const file = keptCheckpointFile(size);
      const bytes = await this.#source.read(file);
      if (bytes === null) this.#fail(file, "the kept checkpoint is missing");
      else this.#check(bytes, { file, size, root: root() });
    }
    for (const { name, bytes } of this.#foreign.get(size) ?? []) {
      if (bytes !== null) this.#check(bytes, { file: name, size, root: root() });
    }
    this.#foreign.delete(size);
  }

  /** To be called at the tree's end: what is larger was signed for entries that are gone. */
  end(size: number): void {
    const later = this.#sizes[this.#next];
    if (later !== undefined) {
      this.#fail(
        keptCheckpointFile(later),
        `rollback: a checkpoint of ${later} entries was signed, the log has ${size}`,
      );
    } else if (this.#sizes.at(-1) !== size) {
      this.#fail("checkpoints/index", `the index lacks the newest checkpoint (size ${size})`);
    }
    for (const [foreignSize, [first]] of this.#foreign) {
      if (first !== undefined && foreignSize > size) {
        this.#fail(
          first.name,
          `rollback: a checkpoint of ${foreignSize} entries was signed, the log has ${size}`,
        );
      }
    }
  }

  #check(bytes: Uint8Array, expected: Expected): void {
    try {
      const checkpoint = openCheckpoint(bytes, this.#key);
      if (expected.size !== null && checkpoint.size !== expected.size) {
        this.#fail(expected.file, `the checkpoint is of ${checkpoint.size} entries`);
      } else if (!sameBytes(checkpoint.root, expected.root)) {
        this.#fail(
          expected.file,
          "the checkpoint is inconsistent with the log: its root is not the log's at that size",
        );
      }
    } catch (error) {
      this.#fail(expected.file, reasonOf(error));
    }
  }

  #fail(path: string, reason: string): void {
    this.#findings.add("kept", { path, seq: null, reason });
  }
}
