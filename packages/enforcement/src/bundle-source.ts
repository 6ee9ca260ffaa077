/**
 * What became of a bundle that a source offered. `settled`: the same bytes need not be offered again, whether they came
 * into force or were refused. `again`: they are worth another try later.
 */
export type Offer = "settled" | "again";

/**
 * Where bundles come from. A source says when there may be a new bundle and hands over its bytes; it trusts nothing and
 * checks nothing but their number. Bundles are offered one at a time, each after the answer to the one before. A source
 * goes on until `close`, through any failure of the other side.
 */
export interface BundleSource {
  /** Begins to offer bundles. Resolves when the source was asked once, whether it had a bundle, had none, or was down. */
  follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void>;
  close(): Promise<void>;
}

/** What a source tells about itself, besides bundles. */
export interface SourceWatch {
  /** The source could not be asked; it will be asked again. */
  failed(error: unknown): void;
  /** The source has more than `bundleBytesMax` bytes to offer; they were not read. */
  oversize(): void;
}
