import { sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { isJsonObject } from "@cordon/model";

/** What a release of the app is: signed when it is built, sent by it as header `overture-build` on each request. */
export interface Build {
  readonly platform: string;
  readonly store: string;
  readonly version: string;
}

export const buildHeader = "overture-build";

const protectedHeader = Buffer.from(JSON.stringify({ alg: "EdDSA", typ: "overture-build+jwt" })).toString(
  "base64url",
);

/** The attestation that a build carries: a compact JWS (RFC 7515, RFC 8037) by Overture's release key. */
export function signBuild(releasePrivateKey: KeyObject, build: Build): string {
  const payload = { platform: build.platform, store: build.store, version: build.version };
  const input = `${protectedHeader}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  return `${input}.${sign(null, Buffer.from(input), releasePrivateKey).toString("base64url")}`;
}

/** There are few builds and many requests: a build's attestation is checked once. */
const cachedMax = 4096;
const attestationCharsMax = 1024;

export class BuildVerifier {
  readonly #publicKey: KeyObject;
  readonly #cache = new Map<string, Build>();

  constructor(releasePublicKey: KeyObject) {
    this.#publicKey = releasePublicKey;
  }

  /** Null for a header that is missing, or that Overture's release key did not sign. */
  verify(attestation: string | undefined): Build | null {
    if (attestation === undefined || attestation.length > attestationCharsMax) return null;
    const known = this.#cache.get(attestation);
    if (known !== undefined) return known;
    const build = this.#check(attestation);
    // Only genuine builds are kept, so that forged headers can't push them out.
    if (build !== null) {
      if (this.#cache.size >= cachedMax) this.#cache.clear();
      this.#cache.set(attestation, build);
    }
    return build;
  }

  #check(attestation: string): Build | null {
    const [header, payload, signature, ...rest] = attestation.split(".");
    if (header !== protectedHeader || payload === undefined || signature === undefined || rest.length > 0)
      return null;
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify(null, signed, this.#publicKey, Buffer.from(signature, "base64url"))) return null;
    const build: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (!isJsonObject(build)) return null;
    const { platform, store, version } = build;
    if (typeof platform !== "string" || typeof store !== "string" || typeof version !== "string") return null;
    return { platform, store, version };
  }
}
