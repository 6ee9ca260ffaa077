import type { WebCryptoKey } from "./crypto-key.ts";
import { contentKeyBytes } from "./content-key.ts";
import { OfflineError } from "./offline-error.ts";

const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
const modulusBits = 2048;

interface InstallationKeyPair {
  /** Can't be exported, by nobody: only this browser profile can open licences. */
  readonly privateKey: WebCryptoKey;
  /** SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), for the server. Not a JWK: one from a browser names a use that others refuse to import. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

export async function newInstallationKey(): Promise<InstallationKeyPair> {
  const pair = await crypto.subtle.generateKey(
    { ...algorithm, modulusLength: modulusBits, publicExponent: new Uint8Array([1, 0, 1]) },
    false,
    ["encrypt", "decrypt"],
  );
  return {
    privateKey: pair.privateKey,
    publicKey: new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)),
  };
}

/** Throws an OfflineError (ERR_OFFLINE_LICENCE) when the key was wrapped for another installation, or is none. */
export async function unwrapContentKey(
  privateKey: WebCryptoKey,
  wrapped: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const raw = await crypto.subtle.decrypt(algorithm, privateKey, wrapped).catch((cause: unknown) => {
    throw new OfflineError("ERR_OFFLINE_LICENCE", "a content key of another installation", { cause });
  });
  if (raw.byteLength !== contentKeyBytes)
    throw new OfflineError(
      "ERR_OFFLINE_LICENCE",
      `a content key of \`${raw.byteLength}\` bytes, expected 32`,
    );
  return new Uint8Array(raw);
}
