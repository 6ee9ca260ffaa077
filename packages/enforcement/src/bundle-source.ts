/**
 * What became of a bundle that a source offered. `settled`: the same bytes need not be offered again, whether they came
 * into force or were refused. `again`: they are worth another try later.
 */
export type Offer = "settled" | "again";

/** A name below `bundles/`, as the control plane and static hosts lay them out. */
export type BesideBundle = "freshness" | `trust/${number}`;

/**
 * Where bundles come from. A source says when there may be a new bundle and hands over its bytes; it trusts nothing and
 * checks nothing but their number. Bundles are offered one at a time, each after the answer to the one before. A source
 * goes on until `close`, through any failure of the other side.
 */
export interface BundleSource {
  /** Begins to offer bundles. Resolves when the source was asked once, whether it had a bundle, had none, or was down. */
  follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void>;
  /**
   * A small public file that stands beside the bundle: `freshness`, or `trust/<version>`. Null when there is none; throws
   * when the source can't be asked or has more than `bytesMax` bytes. A source without this method knows no such files.
   */
  beside?(name: BesideBundle, bytesMax: number): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** What a source tells about itself, besides bundles. */
export interface SourceWatch {
  /** The source could not be asked; it will be asked again. */
  failed(error: unknown): void;
  /** The source has more than `bundleBytesMax` bytes to offer; they were not read. */
  oversize(): void;
  /** The source begins to look for a bundle: now is the time to ask for what stands beside it. */
  looking?(): void;
  /** A delta (`docs/reference/delta.md`) was applied to the bundle held, or could not be. */
  delta?(outcome: "applied" | "failed"): void;
}
