import { sign, verify, type KeyObject } from "node:crypto";
import { privateKeyOf, publicKeyOf, readVkey, vkeyOf, type Vkey } from "./vkey.ts";

/** C2SP signed-note: the signature type of a plain Ed25519 signature. */
const ed25519Type = 0x01;

/** What verifies the notes of one signer: key name, key ID and Ed25519 key. */
export interface VerifierKey {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  /** The one line of a vkey file, without its newline: `name+keyid+base64`. */
  readonly line: string;
  readonly verify: (text: Uint8Array, signature: Uint8Array) => boolean;
}

/** What signs notes. The private key never leaves it. */
export interface NoteSigner {
  readonly key: VerifierKey;
  readonly sign: (text: Uint8Array) => Uint8Array;
}

function verifierKey({
  vkey,
  publicKey,
}: {
  readonly vkey: Vkey;
  readonly publicKey: KeyObject;
}): VerifierKey {
  return { ...vkey, verify: (text, signature) => verify(null, text, publicKey, signature) };
}

/** A vkey line as it stands in the file `key`: `name+keyid+base64`, with or without its newline. Throws ERR_LOG_KEY. */
export function parseVerifierKey(text: string): VerifierKey {
  return verifierKey(readVkey(text, ed25519Type));
}

/** A signer of the name `name` from an Ed25519 key in PKCS#8 PEM. Throws ERR_LOG_KEY. */
export function noteSigner(name: string, privateKeyPem: string): NoteSigner {
  const privateKey = privateKeyOf(privateKeyPem);
  const publicKey = publicKeyOf(privateKey);
  const key = verifierKey({ vkey: vkeyOf(name, publicKey, ed25519Type), publicKey });
  return { key, sign: (text) => sign(null, text, privateKey) };
}
