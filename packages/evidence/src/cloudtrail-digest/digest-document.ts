import { createHash } from "node:crypto";

import { isJsonObject, parseLogTimeUs, type JsonObject } from "@cordon/model";

import { digestLimits } from "./digest-limits.ts";
import { parseDigestName, saysDigest, type DigestName } from "./digest-name.ts";

/** A digest document and the SHA-256 (hex) of its uncompressed bytes. `name`: of the file in the source. */
export interface DigestFile {
  readonly name: string;
  readonly sha256: string;
  readonly document: DigestDocument;
}

/** A file that says it is a digest and cannot be read as one; `malformed` says why. */
export interface MalformedDigest {
  readonly name: string;
  readonly malformed: string;
}

/** What CloudTrail delivered between two instants (AWS CloudTrail User Guide, "CloudTrail digest file structure"). */
export interface DigestDocument {
  readonly bucket: string;
  readonly object: string;
  readonly named: DigestName;
  readonly startUs: number;
  readonly endUs: number;
  /** The end as it is written: it is part of what is signed. */
  readonly endText: string;
  /** Hex, lower case. */
  readonly fingerprint: string;
  readonly signatureAlgorithm: string;
  /** Null in a digest that begins a chain. */
  readonly previous: PreviousDigest | null;
  readonly logFiles: readonly ListedLogFile[];
}

export interface PreviousDigest {
  readonly bucket: string;
  readonly object: string;
  readonly sha256: string;
  /** As it is written: it is part of what is signed. */
  readonly signature: string;
}

/** Event times are null when the digest gives none that can be read. */
export interface ListedLogFile {
  readonly object: string;
  readonly sha256: string;
  readonly oldestUs: number | null;
  readonly newestUs: number | null;
}

const telltales = [
  "digestStartTime",
  "digestEndTime",
  "digestS3Bucket",
  "digestS3Object",
  "digestPublicKeyFingerprint",
  "digestSignatureAlgorithm",
  "previousDigestS3Object",
  "logFiles",
];

/** False for a file that surely is no digest, so that its whole need not be read. `head`: the beginning of its uncompressed bytes. */
export function mayBeDigest(name: string, head: Uint8Array): boolean {
  if (saysDigest(name)) return true;
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  return telltales.some((key) => text.includes(`"${key}"`));
}

/**
 * The digest that a file's uncompressed bytes hold; null when they hold none, so that the file is read as logs. The content decides: what
 * holds records is a log file wherever it lies, and no line of it may be passed over.
 */
export function readDigest(bytes: Uint8Array, name: string): DigestFile | MalformedDigest | null {
  const malformed = (why: string): MalformedDigest => ({ name, malformed: why });
  if (bytes.length > digestLimits.documentBytes) {
    return saysDigest(name) ? malformed(`it is over ${digestLimits.documentBytes} bytes`) : null;
  }
  const value = parseJson(bytes);
  if (!isJsonObject(value)) {
    if (!saysDigest(name) || Buffer.from(bytes).includes('"eventTime"')) return null;
    return malformed("it is no JSON object");
  }
  if (Object.hasOwn(value, "Records") || Object.hasOwn(value, "eventTime")) return null;
  if (telltales.filter((key) => Object.hasOwn(value, key)).length < 3 && !saysDigest(name)) return null;
  try {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name, sha256, document: parseDocument(value) };
  } catch (error) {
    if (error instanceof MalformedField) return malformed(error.message);
    throw error;
  }
}

class MalformedField extends Error {}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // No UTF-8, no JSON, or nested deeper than the reader goes.
    return undefined;
  }
}

function parseDocument(value: JsonObject): DigestDocument {
  const object = textAt(value, "digestS3Object");
  const named = parseDigestName(object);
  if (named === null) throw new MalformedField("its `digestS3Object` is no name of a digest");
  const endText = textAt(value, "digestEndTime");
  const startUs = timeAt(value, "digestStartTime");
  const endUs = timeAt(value, "digestEndTime");
  if (startUs >= endUs) throw new MalformedField("it ends before it begins");
  const files = value["logFiles"];
  if (!Array.isArray(files)) throw new MalformedField("its `logFiles` is no list");
  if (files.length > digestLimits.listedFiles) {
    throw new MalformedField(`it lists over ${digestLimits.listedFiles} log files`);
  }
  return {
    bucket: textAt(value, "digestS3Bucket"),
    object,
    named,
    startUs,
    endUs,
    endText,
    fingerprint: textAt(value, "digestPublicKeyFingerprint").toLowerCase(),
    signatureAlgorithm: textAt(value, "digestSignatureAlgorithm"),
    previous: parsePrevious(value),
    logFiles: files.map(parseListed),
  };
}

const previousKeys = [
  "previousDigestS3Bucket",
  "previousDigestS3Object",
  "previousDigestHashValue",
  "previousDigestHashAlgorithm",
  "previousDigestSignature",
];

function parsePrevious(value: JsonObject): PreviousDigest | null {
  if (previousKeys.every((key) => (value[key] ?? null) === null)) return null;
  return {
    bucket: textAt(value, "previousDigestS3Bucket"),
    object: textAt(value, "previousDigestS3Object"),
    sha256: hashAt(value, "previousDigestHashValue", "previousDigestHashAlgorithm"),
    signature: textAt(value, "previousDigestSignature", digestLimits.signatureBytes),
  };
}

function parseListed(value: unknown): ListedLogFile {
  if (!isJsonObject(value)) throw new MalformedField("an entry of its `logFiles` is no object");
  return {
    object: textAt(value, "s3Object"),
    sha256: hashAt(value, "hashValue", "hashAlgorithm"),
    oldestUs: optionalTimeAt(value, "oldestEventTime"),
    newestUs: optionalTimeAt(value, "newestEventTime"),
  };
}

function textAt(value: JsonObject, key: string, charactersMax: number = digestLimits.textCharacters): string {
  const text = value[key];
  if (typeof text === "string" && text !== "" && text.length <= charactersMax) return text;
  throw new MalformedField(`its \`${key}\` is no text of 1 to ${charactersMax} characters`);
}

function hashAt(value: JsonObject, key: string, algorithmKey: string): string {
  if (value[algorithmKey] !== "SHA-256")
    throw new MalformedField(`its \`${algorithmKey}\` is not \`SHA-256\``);
  const hash = textAt(value, key).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new MalformedField(`its \`${key}\` is no SHA-256 in hex`);
  return hash;
}

function timeAt(value: JsonObject, key: string): number {
  const timeUs = parseLogTimeUs(textAt(value, key));
  if (timeUs === null) throw new MalformedField(`its \`${key}\` is no time`);
  return timeUs;
}

function optionalTimeAt(value: JsonObject, key: string): number | null {
  const text = value[key];
  return typeof text === "string" ? parseLogTimeUs(text) : null;
}
