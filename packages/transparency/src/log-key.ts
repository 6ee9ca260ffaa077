import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TransparencyError } from "./errors.ts";
import { sha256 } from "./merkle-hash.ts";

/** C2SP signed-note: the signature type of a plain Ed25519 signature. */
const ed25519Type = 0x01;
const publicKeyBytes = 32;
const keyNameCharactersMax = 255;

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

/** C2SP signed-note: not empty, no Unicode space, no plus; no control character either, as notes hold none. */
export function isKeyName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= keyNameCharactersMax &&
    !/[\s\p{White_Space}\p{Cc}+]/u.test(name) &&
    name.isWellFormed()
  );
}

function verifierKey(name: string, publicKey: KeyObject): VerifierKey {
  const x = publicKey.export({ format: "jwk" }).x;
  if (publicKey.asymmetricKeyType !== "ed25519" || x === undefined) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      `key of type \`${publicKey.asymmetricKeyType ?? "none"}\`, expected Ed25519`,
    );
  }
  const typed = Buffer.concat([Uint8Array.of(ed25519Type), Buffer.from(x, "base64url")]);
  // C2SP signed-note: key ID = SHA-256(key name ‖ 0x0A ‖ signature type ‖ public key)[:4].
  const keyId = Buffer.from(sha256(Buffer.from(`${name}\n`, "utf8"), typed)).toString("hex", 0, 4);
  return {
    name,
    keyId,
    line: `${name}+${keyId}+${encodeBase64(typed)}`,
    verify: (text, signature) => verify(null, text, publicKey, signature),
  };
}

/** A vkey line as it stands in the file `key`: `name+keyid+base64`, with or without its newline. Throws ERR_LOG_KEY. */
export function parseVerifierKey(text: string): VerifierKey {
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  const [name, keyId, encoded, ...more] = splitKeyLine(line);
  const typed = encoded === undefined ? null : decodeBase64(encoded);
  if (name === undefined || keyId === undefined || typed === null || more.length > 0 || !isKeyName(name)) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      "verifier key is malformed, expected `name+keyid+base64` on one line",
    );
  }
  if (typed[0] !== ed25519Type || typed.length !== 1 + publicKeyBytes) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      "verifier key is not of type Ed25519, expected type 1 and 32 bytes",
    );
  }
  const x = Buffer.from(typed.subarray(1)).toString("base64url");
  const key = verifierKey(name, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
  if (key.keyId !== keyId) {
    throw new TransparencyError(
      "ERR_LOG_KEY",
      `verifier key has the ID \`${keyId}\`, expected \`${key.keyId}\``,
    );
  }
  return key;
}

/** The base64 part may hold a plus itself: only the first two split. */
function splitKeyLine(line: string): readonly string[] {
  const first = line.indexOf("+");
  const second = line.indexOf("+", first + 1);
  if (first < 0 || second < 0) return [];
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
}

/** A signer of the name `name` from an Ed25519 key in PKCS#8 PEM. Throws ERR_LOG_KEY. */
export function noteSigner(name: string, privateKeyPem: string): NoteSigner {
  if (!isKeyName(name)) throw new TransparencyError("ERR_LOG_KEY", `\`${name}\` is no key name`);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(privateKeyPem);
  } catch (cause) {
    throw new TransparencyError("ERR_LOG_KEY", "private key is unreadable, expected PKCS#8 PEM", { cause });
  }
  const key = verifierKey(name, createPublicKey(privateKey));
  return { key, sign: (text) => sign(null, text, privateKey) };
}
