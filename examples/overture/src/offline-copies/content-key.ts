import { constants, createPublicKey, hkdfSync, publicEncrypt } from "node:crypto";
import type { KeyObject } from "node:crypto";

const contentKeyBytes = 32;
const modulusBitsMin = 2048;
const modulusBitsMax = 4096;

interface ContentKeyFor {
  readonly installationId: string;
  readonly trackId: string;
  readonly epoch: number;
}

/** The key of one track for one installation in one epoch (HKDF, RFC 5869): nothing has to be kept to make it again. */
export function contentKey(master: string, { installationId, trackId, epoch }: ContentKeyFor): Buffer {
  const info = `overture offline 1\n${JSON.stringify([installationId, trackId, epoch])}`;
  return Buffer.from(hkdfSync("sha256", master, "", info, contentKeyBytes));
}

/** An installation's public key; null for anything but RSA of 2048 to 4096 bits in SPKI. */
export function installationKey(spki: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === "rsa" && bits >= modulusBitsMin && bits <= modulusBitsMax ? key : null;
  } catch {
    // No DER, or no key: the caller refuses it as it refuses a key of another kind.
    return null;
  }
}

/** RSA-OAEP with SHA-256 (RFC 8017, 7.1): only the installation's private key opens it. */
export function wrapKey(key: Buffer, installation: KeyObject): string {
  const options = { key: installation, oaepHash: "sha256", padding: constants.RSA_PKCS1_OAEP_PADDING };
  return publicEncrypt(options, key).toString("base64");
}
