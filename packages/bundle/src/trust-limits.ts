/** Bytes of a trust root or a freshness stamp, signatures included: 64 KiB. */
export const documentBytesMax = 64 * 1024;

/** Keys of one role of a trust root. */
export const keysMax = 100;
