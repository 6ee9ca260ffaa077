import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { addSignature, signingInput, readLayout } from "../src/index.ts";

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, message, key, signature);
}

export interface TestKey {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A key whose 32 secret bytes are all `seed`: the same in every run. */
export function testKey(seed: number): TestKey {
  // RFC 8410: PKCS#8 of an Ed25519 key is this prefix and the 32 bytes.
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([prefix, Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return {
    publicKey: Buffer.from(String(x), "base64url"),
    sign: (message) => sign(null, message, key),
  };
}

const bundleBytesMax = 64 * 1024 * 1024;

/** The bundle signed by each of the keys. */
export function signedBy(bytes: Uint8Array, ...keys: readonly TestKey[]): Uint8Array {
  return keys.reduce((signed, { publicKey, sign: signWith }) => {
    const { signedPart } = readLayout(signed, bundleBytesMax);
    const signature = signWith(signingInput(signedPart, sha256));
    return addSignature(signed, { publicKey, signature }, { sha256, bundleBytesMax });
  }, bytes);
}
