/** SHA-256, given by whoever calls: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Ed25519 (RFC 8032) over `message`, given by whoever calls. `publicKey` is raw: 32 bytes. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
