import { describe, expect, test } from "vitest";
import {
  checkStampFollows,
  freshnessDocument,
  openFreshnessStamp,
  TrustError,
  type FreshnessStamp,
} from "../src/index.ts";
import { rootFile, stampFile } from "./documents.ts";
import { sha256, testKey, verifyEd25519 } from "./test-crypto.ts";

const key = testKey(1);
const policy = { keys: [key.publicKey], threshold: 1, sha256, verify: verifyEd25519 };
const stamp: FreshnessStamp = {
  version: 7,
  contentSha256: "ab".repeat(32),
  issuedAtMs: Date.parse("2014-05-27T12:00:00Z"),
  expiresAtMs: Date.parse("2014-05-27T12:10:00Z"),
};

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return "accepted";
}

test("a stamp names version and contents of the newest bundle, when it was issued and until when it says so", () => {
  const bytes = stampFile(stamp, key);
  expect(openFreshnessStamp(bytes, policy)).toEqual(stamp);
  expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
    signed: {
      type: "cordon-freshness",
      version: 7,
      issuedAt: "2014-05-27T12:00:00.000Z",
      expiresAt: "2014-05-27T12:10:00.000Z",
    },
  });
});

test("it is signed by freshness keys alone, and no signature of one kind of document is one of another", () => {
  expect(code(() => openFreshnessStamp(stampFile(stamp, testKey(2)), policy))).toBe("ERR_TRUST_THRESHOLD");
  const root = rootFile({ bundleKeys: [key], rootKeys: [key] }, key);
  const borrowed = { ...(JSON.parse(Buffer.from(stampFile(stamp)).toString()) as object) };
  const { signatures } = JSON.parse(Buffer.from(root).toString()) as { signatures: unknown };
  const bytes = Buffer.from(
    `${JSON.stringify({ signatures, signed: (borrowed as { signed: unknown }).signed })}\n`,
  );
  expect(code(() => openFreshnessStamp(bytes, policy))).toBe("ERR_TRUST_SIGNATURE");
  expect(code(() => openFreshnessStamp(root, policy))).toBe("ERR_TRUST_SIGNATURE");
});

test("one that expires before it begins is none", () => {
  expect(code(() => freshnessDocument({ ...stamp, expiresAtMs: stamp.issuedAtMs }))).toBe("ERR_TRUST_FORMAT");
  expect(code(() => freshnessDocument({ ...stamp, contentSha256: "AB".repeat(32) }))).toBe(
    "ERR_TRUST_FORMAT",
  );
});

describe("a stamp follows the one held", () => {
  const follows = (next: Partial<FreshnessStamp>, held: FreshnessStamp | null = stamp) =>
    code(() => checkStampFollows(held, { ...stamp, ...next }));

  test("always the first, and one of a higher version or a later time", () => {
    expect(follows({ version: 0 }, null)).toBe("accepted");
    expect(follows({ version: 8, contentSha256: "cd".repeat(32) })).toBe("accepted");
    expect(follows({ issuedAtMs: stamp.issuedAtMs + 1 })).toBe("accepted");
    expect(follows({})).toBe("accepted");
  });

  test("never a lower version, an earlier time, or the same version with other contents", () => {
    expect(follows({ version: 6 })).toBe("ERR_TRUST_ROLLBACK");
    expect(follows({ issuedAtMs: stamp.issuedAtMs - 1 })).toBe("ERR_TRUST_ROLLBACK");
    expect(follows({ version: 8, issuedAtMs: stamp.issuedAtMs - 1 })).toBe("ERR_TRUST_ROLLBACK");
    expect(follows({ contentSha256: "cd".repeat(32), issuedAtMs: stamp.issuedAtMs + 1 })).toBe(
      "ERR_TRUST_ROLLBACK",
    );
  });
});
