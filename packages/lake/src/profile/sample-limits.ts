const mebibyte = 1024 * 1024;

/** How much of the evidence a first look reads: bounded whatever lies there. */
export const sampleLimits = {
  /** Files that are listed in all, and how deep folders are entered. */
  filesListed: 100_000,
  folderDepth: 32,
  sources: 200,
  /** Files of a source that are opened, spread evenly over their names. */
  filesPerSource: 48,
  /** Read from each of a plain file's beginning, middle and end; a smaller file is read whole. */
  bytesPerSpot: mebibyte / 2,
  /** A beginning without a line end is read on so far, packed or not. */
  bytesPerLine: 4 * mebibyte,
  /** Read of one source in all, unpacked. */
  bytesPerSource: 96 * mebibyte,
  /** Records of one source in all, shared among its spots, each of which gives at least the second number. */
  recordsPerSource: 10_000,
  recordsPerSpotMin: 40,
} as const;
