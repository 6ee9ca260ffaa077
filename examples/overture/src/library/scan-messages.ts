export interface ScanConfig {
  readonly databaseFile: string;
  readonly coverFolder: string;
  readonly folders: readonly string[];
  /** Files that made an earlier thread hang, by absolute path: not opened again. */
  readonly skip: readonly string[];
}

export interface ScanResult {
  readonly tracks: number;
  readonly read: number;
  readonly unreadable: number;
  readonly removed: number;
}

/** From the scan's thread: which file it opens now, and the end. */
export type ScanMessage =
  | { readonly kind: "reading"; readonly file: string }
  | { readonly kind: "done"; readonly result: ScanResult }
  | { readonly kind: "failed"; readonly reason: string };
