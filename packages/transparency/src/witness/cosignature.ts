import { sign, verify } from "node:crypto";
import { encodeBase64 } from "../base64.ts";
import { TransparencyError } from "../errors.ts";
import type { NoteSignature } from "../signed-note.ts";
import { privateKeyOf, publicKeyOf, readVkey, vkeyOf, type Vkey } from "../vkey.ts";

/** C2SP tlog-cosignature: the signature type of a timestamped Ed25519 cosignature. */
const cosignatureType = 0x04;
const timestampBytes = 8;
const ed25519SignatureBytes = 64;

/** What verifies the cosignatures of one witness. */
export interface WitnessKey extends Vkey {
  /** Base64 of the Ed25519 key: the signed message does not name the witness, so it alone tells two witnesses apart. */
  readonly publicKey: string;
  /** When the text was cosigned, in seconds since the epoch; null when the signature is not this key's over it. */
  readonly cosignedAtSeconds: (text: Uint8Array, signature: Uint8Array) => number | null;
}

/** What makes cosignatures. The private key never leaves it. */
export interface Cosigner {
  readonly key: WitnessKey;
  /** The signature line over a checkpoint's text, with its newline. */
  readonly cosign: (text: string, timeSeconds: number) => string;
}

/** C2SP tlog-cosignature, Ed25519 signed message: header line, timestamp line, the whole note body. */
function cosignedMessage(text: Uint8Array, timeSeconds: number): Uint8Array {
  return Buffer.concat([Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n`, "utf8"), text]);
}

function witnessKey({ vkey, publicKey }: ReturnType<typeof readVkey>): WitnessKey {
  return {
    ...vkey,
    publicKey: publicKey.export({ format: "jwk" }).x ?? "",
    cosignedAtSeconds: (text, signature) => {
      if (signature.length !== timestampBytes + ed25519SignatureBytes) return null;
      const time = Buffer.from(signature.subarray(0, timestampBytes)).readBigUInt64BE();
      // Later than year 285,000,000 nobody signs; a number that JavaScript can't hold exactly is no time.
      if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null;
      const message = cosignedMessage(text, Number(time));
      return verify(null, message, publicKey, signature.subarray(timestampBytes)) ? Number(time) : null;
    },
  };
}

/** A witness's vkey line (signature type 4), with or without its newline. Throws ERR_LOG_KEY. */
export function parseWitnessKey(text: string): WitnessKey {
  return witnessKey(readVkey(text, cosignatureType));
}

/** A cosigner of the name `name` from an Ed25519 key in PKCS#8 PEM. Throws ERR_LOG_KEY. */
export function cosigner(name: string, privateKeyPem: string): Cosigner {
  const privateKey = privateKeyOf(privateKeyPem);
  const publicKey = publicKeyOf(privateKey);
  const key = witnessKey({ vkey: vkeyOf(name, publicKey, cosignatureType), publicKey });
  return {
    key,
    cosign: (text, timeSeconds) => {
      if (!Number.isSafeInteger(timeSeconds) || timeSeconds < 0) {
        throw new TransparencyError(
          "ERR_COSIGNATURE_TIME",
          `\`${timeSeconds}\` is no time, expected whole seconds since the epoch`,
        );
      }
      const timestamp = Buffer.alloc(timestampBytes);
      timestamp.writeBigUInt64BE(BigInt(timeSeconds));
      const signature = sign(null, cosignedMessage(Buffer.from(text, "utf8"), timeSeconds), privateKey);
      const signed = Buffer.concat([Buffer.from(key.keyId, "hex"), timestamp, signature]);
      return `— ${key.name} ${encodeBase64(signed)}\n`;
    },
  };
}

/** True for a signature that says it is this witness's. */
export function isOf({ name, keyId }: NoteSignature, key: WitnessKey): boolean {
  return name === key.name && keyId === key.keyId;
}
