/** The size limit of a bundle unless another is given: 64 MiB. */
export const bundleBytesMax = 64 * 1024 * 1024;

/** So few that an id outside the directory is in a cohort with a chance below 2^-32 (members · 2^-64). */
export const membersMax = 2 ** 31;

/** Signatures of one file; the count is one byte. */
export const signaturesMax = 255;

/** Cohorts of one file; the count is two bytes. */
export const cohortsMax = 65_535;

/** UTF-8 bytes of a cohort's name; the length is two bytes. */
export const nameBytesMax = 65_535;

/** Salts that a builder tries before it gives up. With SHA-256 the first one does. */
export const saltsMax = 1_000;
