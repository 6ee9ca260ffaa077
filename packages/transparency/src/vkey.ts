import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TransparencyError } from "./errors.ts";
import { sha256 } from "./merkle-hash.ts";

const publicKeyBytes = 32;
const keyNameCharactersMax = 255;

/** A verifier key line taken apart (C2SP signed-note). */
export interface Vkey {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly keyId: string;
  /** `name+keyid+base64`, without a newline. */
  readonly line: string;
}

/** C2SP signed-note: not empty, no Unicode space, no plus; no control character either, as notes hold none. */
export function isKeyName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= keyNameCharactersMax &&
    !/[\s\p{White_Space}\p{Cc}+]/u.test(name) &&
    name.isWellFormed()
  );
}

/** The vkey of an Ed25519 key that makes signatures of `type`. Throws ERR_LOG_KEY. */
export function vkeyOf(name: string, publicKey: KeyObject, type: number): Vkey {
  if (!isKeyName(name)) throw new TransparencyError("ERR_LOG_KEY", `\`${name}\` is no key name`);
  const x = publicKey.export({ format: "jwk" }).x;
  if (publicKey.asymmetricKeyType !== "ed25519" || x === undefined) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      `key of type \`${publicKey.asymmetricKeyType ?? "none"}\`, expected Ed25519`,
    );
  }
  const typed = Buffer.concat([Uint8Array.of(type), Buffer.from(x, "base64url")]);
  // C2SP signed-note: key ID = SHA-256(key name ‖ 0x0A ‖ signature type ‖ public key)[:4].
  const keyId = Buffer.from(sha256(Buffer.from(`${name}\n`, "utf8"), typed)).toString("hex", 0, 4);
  return { name, keyId, line: `${name}+${keyId}+${encodeBase64(typed)}` };
}

/** Reads a vkey line, with or without its newline, that must be of the signature type `type`. Throws ERR_LOG_KEY. */
export function readVkey(text: string, type: number): { readonly vkey: Vkey; readonly publicKey: KeyObject } {
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  const [name, keyId, encoded] = splitKeyLine(line);
  const typed = encoded === undefined ? null : decodeBase64(encoded);
  if (name === undefined || keyId === undefined || typed === null || !isKeyName(name)) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      "verifier key is malformed, expected `name+keyid+base64` on one line",
    );
  }
  if (typed[0] !== type || typed.length !== 1 + publicKeyBytes) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      `verifier key is not of type Ed25519, expected type ${type} and 32 bytes`,
    );
  }
  const x = Buffer.from(typed.subarray(1)).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const vkey = vkeyOf(name, publicKey, type);
  if (vkey.keyId !== keyId) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      `verifier key has the ID \`${keyId}\`, expected \`${vkey.keyId}\``,
    );
  }
  return { vkey, publicKey };
}

/** The base64 part may hold a plus itself: only the first two split. */
function splitKeyLine(line: string): readonly string[] {
  const first = line.indexOf("+");
  const second = line.indexOf("+", first + 1);
  if (first < 0 || second < 0) return [];
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
}

/** A private key from PKCS#8 PEM. Throws ERR_LOG_KEY. */
export function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new TransparencyError("ERR_LOG_KEY", "private key is unreadable, expected PKCS#8 PEM", { cause });
  }
}

export function publicKeyOf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}
