import { createPublicKey, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  addDocumentSignature,
  documentSigningInput,
  freshnessDocument,
  freshnessDomain,
  readLayout,
  trustRootDocument,
  trustRootDomain,
  writeSignedDocument,
  type SignedDocument,
} from "@cordon/bundle";
import { onTestFinished } from "vitest";

import { sha256 } from "../../src/bundle-keys.ts";
import { EnforcementPoint } from "../../src/index.ts";
import type {
  BesideBundle,
  BundleSource,
  EnforcementPointOptions,
  Offer,
  SourceWatch,
} from "../../src/index.ts";
import type { TestKey } from "../signed-bundle.ts";
import { nowMs } from "../test-point.ts";

/** A source whose looks are made by the test, with whatever stands beside its bundle. */
export class HandSource implements BundleSource {
  readonly files = new Map<string, Uint8Array>();
  bundle: Uint8Array | null = null;
  /** Every file is out of reach. */
  down = false;
  #offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.reject(new Error("nobody follows"));
  #watch: SourceWatch | null = null;
  #settled: Uint8Array | null = null;

  async follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void> {
    this.#offer = offer;
    this.#watch = watch;
    await this.look();
  }

  async look(): Promise<void> {
    this.#watch?.looking?.();
    if (this.bundle === null || this.bundle === this.#settled) return;
    if ((await this.#offer(this.bundle)) === "settled") this.#settled = this.bundle;
  }

  beside(name: BesideBundle, bytesMax: number): Promise<Uint8Array | null> {
    if (this.down) return Promise.reject(new Error("out of reach"));
    const bytes = this.files.get(name) ?? null;
    if (bytes !== null && bytes.length > bytesMax) return Promise.reject(new Error("too much"));
    return Promise.resolve(bytes);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A folder that goes with the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "enforcement-trust-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A point over a source of its own; `look` makes it look once and waits for everything that follows from it. */
export async function startedPoint(
  folder: string,
  options: Partial<EnforcementPointOptions> & { readonly source: HandSource },
): Promise<{ readonly point: EnforcementPoint; readonly look: () => Promise<void> }> {
  const point = new EnforcementPoint({
    lastGoodFile: join(folder, "last-good.bundle"),
    beforeFirstBundle: "allow",
    withoutPlatform: "refuse",
    keepServing: true,
    bundleBytesMax: 1_000_000,
    retryAfterSeconds: { least: 1, most: 1 },
    nowMs: () => nowMs,
    random: () => 0.5,
    ...options,
  });
  await point.start();
  onTestFinished(() => point.close());
  return {
    point,
    look: async () => {
      await options.source.look();
      // Closing a source by hand ends nothing; the point waits for what is under way.
      await point.close();
    },
  };
}

export function rawKey({ publicPem }: TestKey): Uint8Array {
  return Buffer.from(createPublicKey(publicPem).export({ format: "jwk" }).x ?? "", "base64url");
}

function signedBy(document: SignedDocument, domain: string, keys: readonly TestKey[]): Uint8Array {
  const signed = keys.reduce((before, key) => {
    const signature = sign(null, documentSigningInput(domain, before.signed, sha256), key.privateKey);
    return addDocumentSignature(before, { publicKey: rawKey(key), signature }, sha256);
  }, document);
  return writeSignedDocument(signed);
}

export interface RootInput {
  readonly version?: number;
  readonly bundleKeys: readonly TestKey[];
  readonly bundleThreshold?: number;
  readonly freshnessKeys?: readonly TestKey[];
  readonly rootKeys: readonly TestKey[];
  readonly rootThreshold?: number;
  readonly expiresAtMs?: number;
}

export function rootFile(root: RootInput, signers: readonly TestKey[]): Uint8Array {
  const {
    version = 1,
    bundleThreshold = 1,
    freshnessKeys = [],
    rootThreshold = 1,
    expiresAtMs = null,
  } = root;
  const document = trustRootDocument({
    version,
    bundleKeys: root.bundleKeys.map(rawKey),
    bundleThreshold,
    freshnessKeys: freshnessKeys.map(rawKey),
    freshnessThreshold: freshnessKeys.length === 0 ? 0 : 1,
    rootKeys: root.rootKeys.map(rawKey),
    rootThreshold,
    expiresAtMs,
  });
  return signedBy(document, trustRootDomain, signers);
}

export interface StampInput {
  readonly issuedAtMs?: number;
  readonly expiresAtMs?: number;
  readonly key: TestKey;
}

/** The stamp of a bundle, or of a version that nobody has seen. */
export function stampFile(
  bundle: { readonly version: number; readonly bytes: Uint8Array | null },
  stamp: StampInput,
): Uint8Array {
  const { issuedAtMs = nowMs, expiresAtMs = nowMs + 600_000, key } = stamp;
  const content =
    bundle.bytes === null ? Buffer.alloc(32) : sha256(readLayout(bundle.bytes, 1 << 24).signedPart);
  const contentSha256 = Buffer.from(content).toString("hex");
  const document = freshnessDocument({ version: bundle.version, contentSha256, issuedAtMs, expiresAtMs });
  return signedBy(document, freshnessDomain, [key]);
}
