import {
  addDocumentSignature,
  documentSigningInput,
  freshnessDocument,
  freshnessDomain,
  trustRootDocument,
  trustRootDomain,
  writeSignedDocument,
  type FreshnessStamp,
  type SignedDocument,
  type TrustRoot,
} from "../src/index.ts";
import { sha256, type TestKey } from "./test-crypto.ts";

function signedDocument(document: SignedDocument, domain: string, keys: readonly TestKey[]): SignedDocument {
  return keys.reduce((signed, { publicKey, sign }) => {
    const signature = sign(documentSigningInput(domain, signed.signed, sha256));
    return addDocumentSignature(signed, { publicKey, signature }, sha256);
  }, document);
}

export type RootInput = Omit<Partial<TrustRoot>, `${string}Keys`> & {
  readonly bundleKeys: readonly TestKey[];
  readonly freshnessKeys?: readonly TestKey[];
  readonly rootKeys: readonly TestKey[];
};

/** The file of a trust root, signed by `signers`. Thresholds are 1 unless given. */
export function rootFile(root: RootInput, ...signers: readonly TestKey[]): Uint8Array {
  const { freshnessKeys = [] } = root;
  const raw = (keys: readonly TestKey[]) => keys.map(({ publicKey }) => publicKey);
  const document = trustRootDocument({
    version: 1,
    bundleThreshold: 1,
    freshnessThreshold: freshnessKeys.length === 0 ? 0 : 1,
    rootThreshold: 1,
    expiresAtMs: null,
    ...root,
    bundleKeys: raw(root.bundleKeys),
    freshnessKeys: raw(freshnessKeys),
    rootKeys: raw(root.rootKeys),
  });
  return writeSignedDocument(signedDocument(document, trustRootDomain, signers));
}

export function stampFile(stamp: FreshnessStamp, ...signers: readonly TestKey[]): Uint8Array {
  return writeSignedDocument(signedDocument(freshnessDocument(stamp), freshnessDomain, signers));
}
