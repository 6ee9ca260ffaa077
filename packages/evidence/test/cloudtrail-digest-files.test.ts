import { constants, createPublicKey, verify } from "node:crypto";

import { cloudTrail, makeTrailKey, SeededRandom, type TrailFile, type TrailOptions } from "@cordon/testkit";
import { describe, expect, test } from "vitest";

import { mayBeDigest, readDigest, readSignature, verifyDigests } from "../src/index.ts";
import { digestLimits } from "../src/cloudtrail-digest/digest-limits.ts";
import { DigestProblems } from "../src/cloudtrail-digest/digest-problems.ts";
import { intersectStretches, joinStretches, withoutStretches } from "../src/cloudtrail-digest/stretches.ts";
import { digestEvidence, only, prove, replaced, withText } from "./cloudtrail-digest-evidence.ts";

const key = makeTrailKey();
const hourMs = 3_600_000;
const fromMs = Date.UTC(2014, 4, 20, 0, 1, 31);

function trail(options: Partial<TrailOptions> = {}): readonly TrailFile[] {
  return cloudTrail({ random: new SeededRandom(7), key, fromMs, hours: 10, ...options });
}

/** [from, to) in hours of the trail. */
function hours(from: number, to: number): { fromUs: number; toUs: number } {
  return { fromUs: (fromMs + from * hourMs) * 1000, toUs: (fromMs + to * hourMs) * 1000 };
}

describe("what is no digest", () => {
  const log = only(trail(), "log", 0);
  test("is read as logs wherever it lies", () => {
    const name = "AWSLogs/1/CloudTrail-Digest/1_CloudTrail-Digest_x.json";
    expect(readDigest(log.content, name)).toBeNull();
    expect(readDigest(Buffer.from('{"eventTime":"…"}\n{"eventTime":"…"}\n'), name)).toBeNull();
    expect(
      readDigest(Buffer.from('{"digestS3Object":1,"digestEndTime":1,"logFiles":[],"Records":[]}'), name),
    ).toBeNull();
  });
  test("is seen by its name and its first bytes", () => {
    expect(mayBeDigest(log.name, log.content)).toBe(false);
    const digest = only(trail(), "digest", 0);
    expect(mayBeDigest("renamed.json", digest.content)).toBe(true);
    expect(readDigest(digest.content, "renamed.json")).toMatchObject({ document: { object: digest.name } });
  });
  test("is no signature unless it holds one", () => {
    expect(readSignature(Buffer.from("ab12\n"), "a.json.gz.signature")).toEqual({
      digest: "a.json",
      signature: "ab12",
    });
    expect(readSignature(Buffer.from("ab12\n"), "a.json.gz.txt")).toBeNull();
    expect(readSignature(log.content, "a.json.signature")).toBeNull();
    expect(readSignature(log.content, "a.json.metadata.json")).toBeNull();
    expect(readSignature(Buffer.from('{"Metadata":{},"Records":[]}'), "a.json.metadata.json")).toBeNull();
    expect(readSignature(Buffer.from('{"Metadata":{}}'), "a.json.metadata.json")).toEqual({
      digest: "a.json",
      signature: null,
    });
  });
  test("without any digest nothing is proven", () => {
    const proof = prove(
      trail().filter(({ kind }) => kind === "log"),
      key,
    );
    expect(proof).toEqual({
      proven: [],
      problems: [{ text: "no digest of CloudTrail lies among the files", files: [] }],
      chains: [],
    });
  });
});

describe("a malformed digest", () => {
  const files = trail();
  const digest = only(files, "digest", 4);
  test.each([
    ["cut", (text: string) => text.slice(0, 200), "it is no JSON object"],
    [
      "without a list",
      (text: string) => text.replace(/"logFiles":.*\]/, '"logFiles":{}'),
      "its `logFiles` is no list",
    ],
    [
      "with an end that is no time",
      (text: string) => text.replace(/("digestEndTime":")[^"]*/, "$1soon"),
      "its `digestEndTime` is no time",
    ],
    [
      "that ends before it begins",
      (text: string) => text.replace(/("digestStartTime":")2014/, "$12015"),
      "it ends before it begins",
    ],
    ["with another hash", (text: string) => text.replace('"SHA-256"', '"MD5"'), "is not `SHA-256`"],
    [
      "with half of a digest before",
      (text: string) => text.replace(/"previousDigestS3Bucket":"[^"]*"/, '"previousDigestS3Bucket":null'),
      "its `previousDigestS3Bucket` is no text",
    ],
    [
      "with a hash that is none",
      (text: string) => text.replace(/"hashValue":"../, '"hashValue":"zz'),
      "its `hashValue` is no SHA-256 in hex",
    ],
    [
      "with an entry that is none",
      (text: string) => text.replace('"logFiles":[', '"logFiles":[null,'),
      "an entry of its `logFiles` is no object",
    ],
    [
      "under an odd name",
      (text: string) => text.replace(/("digestS3Object":")[^"]*/, "$1digest.json"),
      "its `digestS3Object` is no name of a digest",
    ],
  ])("%s proves nothing and is told", (_, change, why) => {
    const proof = prove(replaced(files, digest, withText(digest, change)), key);
    expect(proof.proven).toEqual([hours(0, 3), hours(5, 9)]);
    const problem = proof.problems.find(({ text }) => text.startsWith("a digest is malformed"));
    expect(problem?.text).toContain(why);
    expect(problem?.files).toEqual([digest.name]);
  });
  test("of a chain that nobody knows leaves everything open", () => {
    const proof = prove(
      [
        ...files,
        { ...digest, name: "x.CloudTrail-Digest_.json/_CloudTrail-Digest_", content: Buffer.from("{") },
      ],
      key,
    );
    expect(proof.proven).toEqual([]);
  });
  test("nested beyond all measure does not end the reading", () => {
    const deep = Buffer.from("[".repeat(200_000));
    expect(readDigest(deep, digest.name)).toMatchObject({ malformed: "it is no JSON object" });
  });
});

test("the signed text is what AWS documents, up to the word `null` of a first digest", () => {
  const files = trail({ hours: 1 });
  const digest = only(files, "digest", 0);
  const evidence = digestEvidence(files, [key]);
  const text = `2014-05-20T01:01:31Z\naudit-logs/${digest.name}\n${
    evidence.digests.flatMap((read) => ("sha256" in read ? [read.sha256] : []))[0] ?? ""
  }\nnull`;
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKeyDer), format: "der", type: "pkcs1" });
  const signature = Buffer.from(evidence.signatures[0]?.signature ?? "", "hex");
  expect(
    verify(
      "RSA-SHA256",
      Buffer.from(text),
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      signature,
    ),
  ).toBe(true);
  expect(verifyDigests(evidence).chains[0]?.proven).toEqual([]);
});

describe("what grows has a limit", () => {
  const files = trail();
  const digest = only(files, "digest", 4);
  test("the bytes of a digest", () => {
    const bytes = new Uint8Array(digestLimits.documentBytes + 1);
    expect(readDigest(bytes, digest.name)).toMatchObject({ malformed: "it is over 67108864 bytes" });
    expect(readDigest(bytes, "a.json")).toBeNull();
  });
  test("the log files that it lists", () => {
    const entries = Array.from({ length: digestLimits.listedFiles + 1 }, () => "0").join();
    const long = withText(digest, (text) => text.replace(/"logFiles":.*\]/, `"logFiles":[${entries}]`));
    expect(readDigest(long.content, digest.name)).toMatchObject({
      malformed: "it lists over 200000 log files",
    });
  });
  test("the log files that all digests list", () => {
    const evidence = digestEvidence(files, [key]);
    const [first] = evidence.digests;
    if (first === undefined || !("document" in first)) throw new Error("the first is a digest");
    const [listed] = first.document.logFiles;
    if (listed === undefined) throw new Error("it lists a log file");
    const logFiles = Array.from({ length: digestLimits.listedFiles }, () => listed);
    const digests = Array.from({ length: 26 }, (_, index) => ({
      ...first,
      sha256: String(index),
      document: { ...first.document, logFiles },
    }));
    const proof = verifyDigests({ ...evidence, digests });
    expect(proof).toEqual({
      proven: [],
      problems: [{ text: "the digests list over 5000000 log files", files: [] }],
      chains: [],
    });
  });
  test("not the number of digests: years of them in many regions are read", () => {
    const evidence = digestEvidence(files, [key]);
    const [first] = evidence.digests;
    if (first === undefined || !("document" in first)) throw new Error("the first is a digest");
    const untrusted = { ...first.document, fingerprint: "00", startUs: first.document.startUs - 1 };
    const more = Array.from({ length: 150_000 }, (_, index) => ({
      ...first,
      sha256: String(index),
      document: untrusted,
    }));
    const { proven } = verifyDigests({ ...evidence, digests: [...evidence.digests, ...more] });
    expect(proven).toEqual([hours(0, 9)]);
  });
  test("the bytes of a signature", () => {
    const hex = Buffer.alloc(digestLimits.signatureBytes + 2, "a");
    expect(readSignature(hex, "a.json.signature")).toBeNull();
    expect(readSignature(hex.subarray(2), "a.json.signature")).not.toBeNull();
  });
  test("the signatures tried for one digest", () => {
    const copies = Array.from({ length: 9 }, (_, index): TrailFile[] => {
      const name = `copies/CloudTrail-Digest/${index}.json`;
      const signature = {
        ...digest,
        kind: "signature" as const,
        name: `${name}.signature`,
        content: Buffer.from(`0${index}`),
      };
      return [{ ...digest, name }, signature];
    }).flat();
    const others = files.filter(({ kind, hour }) => hour !== 4 || kind === "log");
    expect(prove([...others, ...copies.slice(0, 14)], key).proven).toEqual([hours(0, 9)]);
    expect(prove([...others, ...copies], key).proven).toEqual([hours(0, 3), hours(5, 9)]);
  });
  test("the problems that are told", () => {
    const problems = new DigestProblems();
    for (let index = 0; index < 1005; index += 1) problems.add(`problem ${index}`);
    expect(problems.list()).toHaveLength(1001);
    expect(problems.list().at(-1)?.text).toBe("5 more problems of the digests");
  });
});

test("strays that claim to follow a digest cannot crowd out the signature in the one that does", () => {
  const files = trail({ signatures: "last" });
  const after = only(files, "digest", 5);
  const strays = Array.from({ length: 20 }, (_, index) => ({
    ...withText(after, (text) =>
      text
        .replace(/("previousDigestHashValue":")../, "$1" + String(index).padStart(2, "0"))
        .replace(/("previousDigestSignature":")../, "$1" + String(index).padStart(2, "0")),
    ),
    name: `strays/CloudTrail-Digest/${index}.json`,
  }));
  expect(prove([...strays, ...files], key).proven).toEqual([hours(0, 9)]);
});

test("a digest of another signature algorithm proves nothing", () => {
  const files = trail();
  const digest = only(files, "digest", 4);
  const proof = prove(
    replaced(
      files,
      digest,
      withText(digest, (text) => text.replace("SHA256withRSA", "SHA1withRSA")),
    ),
    key,
  );
  expect(proof.proven).toEqual([hours(0, 3), hours(5, 9)]);
  expect(proof.problems.map(({ text }) => text).join()).toContain("is not signed by SHA256withRSA");
});

test("stretches that touch are one, and each operation keeps to its instants", () => {
  const stretch = (fromUs: number, toUs: number): { fromUs: number; toUs: number } => ({ fromUs, toUs });
  expect(joinStretches([stretch(5, 7), stretch(1, 3), stretch(3, 4), stretch(9, 9), stretch(6, 8)])).toEqual([
    stretch(1, 4),
    stretch(5, 8),
  ]);
  expect(intersectStretches([stretch(0, 4), stretch(6, 9)], [stretch(3, 7)])).toEqual([
    stretch(3, 4),
    stretch(6, 7),
  ]);
  expect(withoutStretches([stretch(0, 9)], [stretch(-Infinity, 2), stretch(4, 5)])).toEqual([
    stretch(2, 4),
    stretch(5, 9),
  ]);
});
