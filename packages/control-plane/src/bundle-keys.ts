import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import {
  addSignature,
  bundleBytesMax,
  encodeSignedBundle,
  readLayout,
  signingInput,
  type CohortContents,
  type Manifest,
} from "@cordon/bundle";
import { InputError } from "@cordon/model";

export interface BundleKeyPair {
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** SPKI. */
  readonly publicKeyPem: string;
}

/** A new Ed25519 key pair. */
export function generateBundleKeyPair(): BundleKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}

/** The raw 32 bytes of an Ed25519 public key. Throws an InputError for any other text, a private key included. */
export function readBundlePublicKey(pem: string): Uint8Array {
  const expected = "an Ed25519 public key (SPKI PEM)";
  // Node would derive the public key from a private one, which does not belong where bundles are verified.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new InputError([], "is a private key", expected);
  return rawPublicKey(readKey(() => createPublicKey(pem), expected));
}

/** Throws an InputError when the text is no Ed25519 key in PKCS#8 PEM. */
export function readBundlePrivateKey(pem: string): KeyObject {
  return readKey(() => createPrivateKey(pem), "an Ed25519 private key (PKCS#8 PEM)");
}

/**
 * The bundle with a signature of this key beside those it has. Throws an InputError when `privateKeyPem` is no Ed25519
 * key in PKCS#8 PEM, a BundleError when `bytes` are no bundle.
 */
export function signBundle(
  bytes: Uint8Array,
  privateKeyPem: string,
  options: { readonly bundleBytesMax?: number } = {},
): Uint8Array {
  const privateKey = readBundlePrivateKey(privateKeyPem);
  const limits = { sha256, bundleBytesMax: options.bundleBytesMax ?? bundleBytesMax };
  const { signedPart } = readLayout(bytes, limits.bundleBytesMax);
  const signature = sign(null, signingInput(signedPart, sha256), privateKey);
  return addSignature(bytes, { publicKey: rawPublicKey(createPublicKey(privateKey)), signature }, limits);
}

/**
 * A bundle with the signature of this key, and its SHA-256 (hex): the bytes that `signBundle` makes of `encodeBundle`'s,
 * but written once and hashed once. Throws as these do.
 */
export function encodeAndSign(
  contents: Manifest & { readonly cohorts: readonly CohortContents[] },
  privateKeyPem: string,
  limits: { readonly bundleBytesMax: number },
): { readonly bytes: Uint8Array; readonly sha256: string } {
  const privateKey = readBundlePrivateKey(privateKeyPem);
  const keyId = sha256(rawPublicKey(createPublicKey(privateKey)));
  const hashing = createHash("sha256");
  let hashed = 0;
  const bytes = encodeSignedBundle(contents, {
    ...limits,
    sign: (signedPart) => {
      hashing.update(signedPart);
      hashed = signedPart.length;
      const input = signingInput(signedPart, () => hashing.copy().digest());
      return { keyId, signature: sign(null, input, privateKey) };
    },
  });
  return { bytes, sha256: hashing.update(bytes.subarray(hashed)).digest("hex") };
}

/** Ed25519 with a raw public key, as `@cordon/bundle` asks for it. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, message, key, signature);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

function readKey(read: () => KeyObject, expected: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    // OpenSSL's words ("DECODER routines::unsupported") say nothing to the reader.
    throw new InputError([], "is no such key", expected);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new InputError([], `is a key of type ${String(key.asymmetricKeyType)}`, expected);
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: "jwk" });
  return Buffer.from(String(x), "base64url");
}
