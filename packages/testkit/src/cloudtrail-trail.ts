import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { gzipSync } from "node:zlib";

import type { SeededRandom } from "./seeded-random.ts";

/** The key that signs a trail's digests, and its public half as a data map trusts it. */
export interface TrailKey {
  readonly fingerprint: string;
  /** PKCS#1. */
  readonly publicKeyDer: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A new key each time: RSA keys don't come from seeds. All else about a trail follows from its key and its random numbers. */
export function makeTrailKey(): TrailKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKeyDer = publicKey.export({ format: "der", type: "pkcs1" });
  return { fingerprint: createHash("md5").update(publicKeyDer).digest("hex"), publicKeyDer, privateKey };
}

export interface TrailOptions {
  readonly random: SeededRandom;
  readonly key: TrailKey;
  /** The key of an hour's digests, for a trail whose keys change. */
  readonly keyOf?: (hour: number) => TrailKey;
  /** When the first digest begins. */
  readonly fromMs: number;
  readonly hours: number;
  readonly account?: string;
  readonly region?: string;
  readonly trail?: string;
  /** The bucket of an hour's digest, when it is not always the same. */
  readonly bucketOf?: (hour: number) => string;
  /** An organisation trail's id. */
  readonly organisation?: string;
  /** Hours without log files; their digests list none. */
  readonly emptyHours?: readonly number[];
  /** Hours in which nothing was logged or digested; the digest after them begins a chain anew. */
  readonly stoppedHours?: readonly number[];
  /** True when the digest after a stop names the one before it all the same. */
  readonly linksOverStops?: boolean;
  /** Hours one of whose log files only a backfill digest lists. */
  readonly backfilledHours?: readonly number[];
  /** Which digests have their signature beside them; the last of a chain has it nowhere else. */
  readonly signatures?: "all" | "last" | "none";
  /** The records of one log file; their times are given. */
  readonly record?: (atMs: number, id: string) => object;
  /** How long after an event it may be delivered. */
  readonly delayMaxMs?: number;
}

export interface TrailFile {
  readonly kind: "log" | "digest" | "backfill" | "signature";
  /** The S3 object's key; a signature's is that of its digest and an ending. */
  readonly name: string;
  /** Uncompressed. */
  readonly content: Uint8Array;
  /** The hour in which it was delivered, from 0. */
  readonly hour: number;
  /** When its events happened, of a log file. */
  readonly eventsMs: readonly number[];
}

const hourMs = 3_600_000;

/** A CloudTrail trail as S3 holds it: log files, and the digests that list them hour by hour, each signed and naming the one before it. */
export function cloudTrail(options: TrailOptions): readonly TrailFile[] {
  const { random, hours, emptyHours = [], stoppedHours = [], backfilledHours = [] } = options;
  const place = placeOf(options);
  const files: TrailFile[] = [];
  let before: SignedDigest | null = null;
  let backfillBefore: SignedDigest | null = null;
  const followed = new Set<SignedDigest>();
  const digests: SignedDigest[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    if (stoppedHours.includes(hour)) {
      if (options.linksOverStops !== true) before = null;
      continue;
    }
    const isBackfilled = backfilledHours.includes(hour);
    const logs = emptyHours.includes(hour) ? [] : drawLogFiles(options, place, hour, isBackfilled ? 2 : 1);
    files.push(...logs);
    const late = isBackfilled ? logs.slice(-1) : [];
    const listed = logs.slice(0, logs.length - late.length);
    if (before !== null) followed.add(before);
    before = signDigest(options, place, { kind: "digest", hour, logs: listed, before });
    digests.push(before);
    if (isBackfilled) {
      if (backfillBefore !== null) followed.add(backfillBefore);
      backfillBefore = signDigest(options, place, {
        kind: "backfill",
        hour,
        logs: late,
        before: backfillBefore,
      });
      digests.push(backfillBefore);
    }
  }
  for (const digest of digests) {
    files.push(digest.file);
    const wanted = options.signatures ?? "all";
    const inMetadata = random.chance(0.5);
    if (wanted === "none" || (wanted === "last" && followed.has(digest))) continue;
    files.push(signatureFile(digest, inMetadata));
  }
  return files;
}

/** The bytes as they lie on disk: what bears the name of a packed file is packed. */
export function packTrailFile({ name, content }: Pick<TrailFile, "name" | "content">): Uint8Array {
  return name.endsWith(".gz") ? gzipSync(content) : content;
}

/** The same file with one byte that differs; `by` is 1 to 255. */
export function changeByte(file: TrailFile, at: number, by: number): TrailFile {
  const content = Uint8Array.from(file.content);
  content[at] = ((content[at] ?? 0) + by) % 256;
  return { ...file, content };
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly folder: string;
}

function placeOf(options: TrailOptions): Place {
  const { account = "111122223333", region = "eu-west-1", trail = "everything" } = options;
  const owner = options.organisation === undefined ? account : `${options.organisation}/${account}`;
  return { account, region, trail, folder: `AWSLogs/${owner}` };
}

function drawLogFiles(options: TrailOptions, place: Place, hour: number, least: number): TrailFile[] {
  const { random, fromMs, delayMaxMs = 20 * 60_000, record = plainRecord } = options;
  const fileIds = Array.from({ length: random.whole(least, 3) }, () => randomId(random));
  return fileIds.map((fileId) => {
    const deliveredMs = fromMs + hour * hourMs + random.whole(0, 3599) * 1000;
    const eventsMs = Array.from(
      { length: random.whole(1, 4) },
      () => deliveredMs - random.whole(0, Math.floor(delayMaxMs / 1000)) * 1000,
    );
    const records = eventsMs.map((atMs, index) => record(atMs, `${fileId}-${index}`));
    const stamp = compactTime(deliveredMs).replace(/\d\dZ$/, "Z");
    const file = `${place.account}_CloudTrail_${place.region}_${stamp}_${fileId}.json.gz`;
    const name = `${place.folder}/CloudTrail/${place.region}/${dayFolder(deliveredMs)}/${file}`;
    return { kind: "log", name, content: Buffer.from(JSON.stringify({ Records: records })), hour, eventsMs };
  });
}

function plainRecord(atMs: number, id: string): object {
  return { eventVersion: "1.11", eventTime: extendedTime(atMs), eventName: "GetItem", eventID: id };
}

interface SignedDigest {
  readonly bucket: string;
  readonly file: TrailFile;
  readonly signature: string;
}

interface DigestDraft {
  readonly kind: "digest" | "backfill";
  readonly hour: number;
  readonly logs: readonly TrailFile[];
  readonly before: SignedDigest | null;
}

/** As the AWS CloudTrail User Guide has it: "CloudTrail digest file structure" and "Custom implementations". */
function signDigest(
  options: TrailOptions,
  place: Place,
  { kind, hour, logs, before }: DigestDraft,
): SignedDigest {
  const endMs = options.fromMs + (hour + 1) * hourMs;
  const endText = extendedTime(endMs);
  const { account, region, trail } = place;
  const key = options.keyOf?.(hour) ?? options.key;
  const bucket = options.bucketOf?.(hour) ?? "audit-logs";
  const suffix = kind === "backfill" ? "_backfill" : "";
  const file = `${account}_CloudTrail-Digest_${region}_${trail}_${region}_${compactTime(endMs)}${suffix}.json.gz`;
  const object = `${place.folder}/CloudTrail-Digest/${region}/${dayFolder(endMs)}/${file}`;
  const eventsMs = logs.flatMap((log) => log.eventsMs);
  const document = {
    awsAccountId: account,
    digestStartTime: extendedTime(endMs - hourMs),
    digestEndTime: endText,
    digestS3Bucket: bucket,
    digestS3Object: object,
    digestPublicKeyFingerprint: key.fingerprint,
    digestSignatureAlgorithm: "SHA256withRSA",
    ...eventRange(eventsMs),
    previousDigestS3Bucket: before === null ? null : before.bucket,
    previousDigestS3Object: before === null ? null : before.file.name,
    previousDigestHashValue: before === null ? null : sha256Of(before.file.content),
    previousDigestHashAlgorithm: before === null ? null : "SHA-256",
    previousDigestSignature: before === null ? null : before.signature,
    logFiles: logs.map((log) => ({
      s3Bucket: bucket,
      s3Object: log.name,
      hashValue: sha256Of(log.content),
      hashAlgorithm: "SHA-256",
      ...eventRange(log.eventsMs),
    })),
  };
  const content = Buffer.from(JSON.stringify(document));
  const signedText = `${endText}\n${bucket}/${object}\n${sha256Of(content)}\n${before?.signature ?? "null"}`;
  const signature = sign("RSA-SHA256", Buffer.from(signedText), key.privateKey).toString("hex");
  return { bucket, file: { kind, name: object, content, hour, eventsMs: [] }, signature };
}

function signatureFile({ file, signature }: SignedDigest, inMetadata: boolean): TrailFile {
  const metadata = { signature, "signature-algorithm": "SHA256withRSA" };
  return {
    kind: "signature",
    name: `${file.name}${inMetadata ? ".metadata.json" : ".signature"}`,
    content: Buffer.from(inMetadata ? JSON.stringify({ Metadata: metadata }) : `${signature}\n`),
    hour: file.hour,
    eventsMs: [],
  };
}

function eventRange(eventsMs: readonly number[]): {
  newestEventTime: string | null;
  oldestEventTime: string | null;
} {
  if (eventsMs.length === 0) return { newestEventTime: null, oldestEventTime: null };
  return {
    newestEventTime: extendedTime(Math.max(...eventsMs)),
    oldestEventTime: extendedTime(Math.min(...eventsMs)),
  };
}

function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function extendedTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function compactTime(ms: number): string {
  return extendedTime(ms).replaceAll(/[-:]/g, "");
}

function dayFolder(ms: number): string {
  return extendedTime(ms).slice(0, 10).replaceAll("-", "/");
}

function randomId(random: SeededRandom): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 16 }, () => letters.charAt(random.whole(0, letters.length - 1))).join("");
}
