/** The size limit of a bundle unless another is given: 64 MiB. */
export const bundleBytesMax = 64 * 1024 * 1024;

/** Accounts of the directory that a bundle by account was built from. */
export const accountsMax = 2 ** 32 - 1;

/** Ordinals that a bundle can hold, so the accounts of one by ordinal: a bitmap of as many bits is 64 MiB. */
export const ordinalsMax = 2 ** 29;

/** So few that an id outside the directory is in a cohort by fingerprint with a chance below 2^-32. */
export const membersMax = 2 ** 31;

/** What the ordinals of all cohorts of a bundle may take in memory once they are decoded: 512 MiB. */
export const openedBytesMax = 512 * 1024 * 1024;

/** Signatures of one file; the count is one byte. */
export const signaturesMax = 255;

/** Cohorts of one file; the count is two bytes. */
export const cohortsMax = 65_535;

/** UTF-8 bytes of a cohort's name; the length is two bytes. */
export const nameBytesMax = 65_535;

/** Salts that a builder tries before it gives up. The first one nearly always does. */
export const saltsMax = 64;
