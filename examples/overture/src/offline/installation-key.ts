import type { WebCryptoKey } from "./crypto-key.ts";
import { contentKeyBytes } from "./content-key.ts";
import { OfflineError } from "./offline-error.ts";

const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
const modulusBits = 2048;
/** SubjectPublicKeyInfo of an RSA key of 2048 bits with exponent 65537; and of one of 4096 bits. */
const publicKeyBytes = { least: 294, most: 550 };

export interface InstallationKeyPair {
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

/** An installation's public key as a server takes it. Throws an OfflineError (ERR_OFFLINE_LICENCE) for anything but RSA of 2048 to 4096 bits. */
export async function importInstallationKey(publicKey: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  const { least, most } = publicKeyBytes;
  if (publicKey.length < least || publicKey.length > most)
    throw new OfflineError(
      "ERR_OFFLINE_LICENCE",
      `a public key of \`${publicKey.length}\` bytes, expected ${least} to ${most}`,
    );
  try {
    return await crypto.subtle.importKey("spki", publicKey, algorithm, false, ["encrypt"]);
  } catch (cause) {
    throw new OfflineError("ERR_OFFLINE_LICENCE", "an unreadable public key, expected SPKI of RSA", {
      cause,
    });
  }
}

/** A content key that only the installation's private key opens (RSA-OAEP with SHA-256, RFC 8017, 7.1). */
export async function wrapContentKey(
  installationKey: WebCryptoKey,
  raw: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, installationKey, raw));
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
