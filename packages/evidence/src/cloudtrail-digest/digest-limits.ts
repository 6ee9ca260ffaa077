/** What grows in the reading of digests, and how far. Whatever goes beyond a limit proves nothing and is told as a problem. */
export const digestLimits = {
  /** Uncompressed bytes of a digest document. */
  documentBytes: 64 * 1024 * 1024,
  /** Log files that one digest lists. */
  listedFiles: 200_000,
  /** Log files that all digests of a source list. */
  listedFilesOfSource: 5_000_000,
  /** Bytes of a signature beside a digest. */
  signatureBytes: 64 * 1024,
  /** Signatures tried for one digest. */
  signaturesTried: 8,
  /** Characters of an S3 object's name (what S3 allows) and of any other text of a digest but its signature. */
  textCharacters: 1024,
  /** Sentences in a proof's problems, and file names with each. */
  problems: 1000,
  problemFiles: 100,
} as const;

/**
 * A digest lists what was delivered in its time, and delivery comes after the event: within about 5 to 15 minutes, without a promise. So an
 * instant is proven only when the chain goes on for this long after it, in microseconds (longer where a trail was seen to deliver later).
 */
export const deliveryAllowanceUs = 3_600_000_000;
