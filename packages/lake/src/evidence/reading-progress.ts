/** How far the reading of evidence is. */
export interface ReadingProgress {
  readonly source: string;
  /** Relative to the evidence folder. */
  readonly file: string;
  /** Lines read so far, of all files. */
  readonly lines: number;
  /** Read so far, and in all, as they lie on the disk. */
  readonly bytes: number;
  readonly bytesTotal: number;
}
