/** One of 32 bits for a key id, 0 for none: key ids with different bits differ, which is quicker asked than their texts. */
export function keyBitOf(keyId: string | null): number {
  if (keyId === null) return 0;
  const { length } = keyId;
  if (length === 0) return 1;
  // Where key ids differ most often: at the end of a count or a date, anywhere in a digest.
  return 1 << ((keyId.charCodeAt(length - 1) + 3 * length + 5 * keyId.charCodeAt(length >> 1)) & 31);
}
