import { BundleRefused } from "./refusal.ts";
import { EnforcementError } from "./errors.ts";

/** How every age file begins (C2SP age, version 1). */
const beginning = Buffer.from("age-encryption.org/v1\n", "latin1");

/** Where the header of an age file ends at the latest: some six hundred recipients. */
const headerBytesMax = 64 * 1024;
const headerEnd = Buffer.from("\n--- ", "latin1");

/** X25519, and the hybrid with ML-KEM. */
const identityPattern = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/;

export function beginsAsAgeFile(bytes: Uint8Array): boolean {
  return bytes.length >= beginning.length && beginning.equals(bytes.subarray(0, beginning.length));
}

/** Throws an EnforcementError for text that can't be an identity. */
export function checkAgeIdentity(identity: string): void {
  if (identityPattern.test(identity)) return;
  throw new EnforcementError("ERR_ENFORCEMENT_KEY", "`ageIdentity` is no `AGE-SECRET-KEY-1…`");
}

/**
 * The plaintext of an age file: always shorter than the file. Throws BundleRefused (`undecryptable`) for one that is not
 * meant for this identity, was changed, or has a header that goes on and on.
 */
export async function decryptAgeFile(bytes: Uint8Array, identity: string | null): Promise<Uint8Array> {
  if (identity === null) throw refused("encrypted, and this point has no identity to open it with");
  // Each recipient in the header costs a multiplication on the curve: nobody may make that as many as 64 MiB hold.
  if (
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headerBytesMax)).indexOf(headerEnd) < 0
  ) {
    throw refused(`an age file whose header does not end within ${headerBytesMax} bytes`);
  }
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(bytes);
  } catch (cause) {
    throw refused("not encrypted to this point, or changed since", cause);
  }
}

function refused(what: string, cause?: unknown): BundleRefused {
  return new BundleRefused("undecryptable", what, cause === undefined ? {} : { cause });
}
