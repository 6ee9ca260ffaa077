import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import {
  addDocumentSignature,
  bundleBytesMax,
  documentSigningInput,
  freshnessDocument,
  freshnessDomain,
  inspectFreshnessStamp,
  readLayout,
  readSignedDocument,
  TrustError,
  writeSignedDocument,
  type FreshnessStamp,
  type SignedDocument,
} from "@cordon/bundle";
import type { ServedBundle } from "../bundle-folder.ts";
import { readBundlePrivateKey, readBundlePublicKey, sha256 } from "../bundle-keys.ts";

/** How long a stamp says something, and after how long the next one is made: one may fail without anybody noticing. */
export const stampForMs = 10 * 60_000;
export const stampEveryMs = 3 * 60_000;

/** The stamp of a bundle. Throws a BundleError when `bytes` are none. */
export function stampOf(
  bundle: { readonly version: number; readonly bytes: Uint8Array },
  times: { readonly issuedAtMs: number; readonly forMs: number },
): FreshnessStamp {
  const { signedPart } = readLayout(bundle.bytes, bundleBytesMax);
  return {
    version: bundle.version,
    contentSha256: Buffer.from(sha256(signedPart)).toString("hex"),
    issuedAtMs: times.issuedAtMs,
    expiresAtMs: times.issuedAtMs + times.forMs,
  };
}

/** A document with a signature of this key beside those it has. Throws an InputError for a key that is none. */
export function signDocument(
  document: SignedDocument,
  domain: string,
  privateKeyPem: string,
): SignedDocument {
  const privateKey = readBundlePrivateKey(privateKeyPem);
  const signature = sign(null, documentSigningInput(domain, document.signed, sha256), privateKey);
  const publicKeyPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  return addDocumentSignature(document, { publicKey: readBundlePublicKey(publicKeyPem), signature }, sha256);
}

/** A stamp's file, signed by one key. */
export function signedStamp(stamp: FreshnessStamp, privateKeyPem: string): Uint8Array {
  return writeSignedDocument(signDocument(freshnessDocument(stamp), freshnessDomain, privateKeyPem));
}

/** Two control planes of one home may stamp at once: each has a draft of its own. */
let drafts = 0;

/** HOME/bundles/freshness: the newest stamp, as any static host serves it too. */
export class FreshnessFile {
  readonly #folder: string;
  readonly #privateKeyPem: string;
  readonly #draft: string;

  constructor(home: string, privateKeyPem: string) {
    this.#folder = join(home, "bundles");
    this.#privateKeyPem = privateKeyPem;
    this.#draft = join(this.#folder, `freshness-${process.pid}-${++drafts}.draft`);
  }

  /** Null before the first. */
  async read(): Promise<Uint8Array | null> {
    try {
      return await readFile(join(this.#folder, "freshness"));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }

  /**
   * Stamps the bundle that every point is given, unless the stamp there is of it and young. Resolves to when to look again, in ms.
   * INVARIANT: the version of the file never goes down; another control plane of this HOME may have been quicker.
   */
  async renew(bundle: ServedBundle, nowMs: number): Promise<number> {
    const next = stampOf(bundle, { issuedAtMs: nowMs, forMs: stampForMs });
    const last = this.#own(await this.read());
    if (last !== null && last.version > next.version) return stampEveryMs;
    const ageMs = last === null ? Infinity : nowMs - last.issuedAtMs;
    // A clock that was set back must not make points refuse what is issued from now on: its stamps wait until time has passed again.
    if (last?.version === next.version && ageMs < stampEveryMs)
      return Math.min(stampEveryMs, stampEveryMs - ageMs);
    await this.#write(signedStamp(next, this.#privateKeyPem));
    return stampEveryMs;
  }

  /** A stamp that another key has signed, or that is none, does not count. */
  #own(bytes: Uint8Array | null): FreshnessStamp | null {
    if (bytes === null) return null;
    try {
      const keyId = sha256(rawPublicKey(this.#privateKeyPem));
      const { signatures } = readSignedDocument(bytes);
      if (!signatures.some((one) => Buffer.from(one.keyId).equals(keyId))) return null;
      return inspectFreshnessStamp(bytes);
    } catch (error) {
      if (error instanceof TrustError) return null;
      throw error;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const handle = await open(this.#draft, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(this.#draft, join(this.#folder, "freshness"));
  }
}

function rawPublicKey(privateKeyPem: string): Uint8Array {
  const publicKey = createPublicKey(createPrivateKey(privateKeyPem));
  return readBundlePublicKey(publicKey.export({ type: "spki", format: "pem" }).toString());
}
