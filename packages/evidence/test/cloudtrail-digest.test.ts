import { createPublicKey } from "node:crypto";

import {
  changeByte,
  cloudTrail,
  makeTrailKey,
  SeededRandom,
  type TrailFile,
  type TrailOptions,
} from "@cordon/testkit";
import { describe, expect, test } from "vitest";

import { base, only, prove, replaced, told, without, withText } from "./cloudtrail-digest-evidence.ts";

const key = makeTrailKey();
const otherKey = makeTrailKey();
const hourMs = 3_600_000;
const fromMs = Date.UTC(2014, 4, 20, 0, 1, 31);

function trail(options: Partial<TrailOptions> = {}): readonly TrailFile[] {
  return cloudTrail({ random: new SeededRandom(7), key, fromMs, hours: 10, ...options });
}

/** [from, to) in hours of the trail. */
function hours(from: number, to: number): { fromUs: number; toUs: number } {
  return { fromUs: (fromMs + from * hourMs) * 1000, toUs: (fromMs + to * hourMs) * 1000 };
}

describe("an unbroken chain", () => {
  test("proves all but its last hour, whose events may still be on their way", () => {
    const proof = prove(trail(), key);
    expect(proof.proven).toEqual([hours(0, 9)]);
    expect(proof.problems).toEqual([]);
    expect(proof.chains).toEqual([
      { account: "111122223333", region: "eu-west-1", trail: "everything", proven: [hours(0, 9)] },
    ]);
  });
  test("needs no signature beside any digest but the last", () => {
    expect(prove(trail({ signatures: "last" }), key).proven).toEqual([hours(0, 9)]);
  });
  test("loses one more hour when the signature of its last digest lies nowhere", () => {
    const proof = prove(trail({ signatures: "none" }), key);
    expect(proof.proven).toEqual([hours(0, 8)]);
    expect(told(proof)).toMatch(/^digest `.*` has no signature, neither in a digest after it nor beside it$/);
  });
  test("proves hours without log files: their digests say that nothing was delivered", () => {
    expect(prove(trail({ emptyHours: [2, 3, 9] }), key).proven).toEqual([hours(0, 9)]);
  });
  test("proves the same in whatever order, under whatever names its files lie", () => {
    const files = trail({ signatures: "last" });
    const shuffled = new SeededRandom(1).shuffle(files).map((file, index) => {
      if (file.kind === "log") return { ...file, name: `a/${index}.json` };
      return { ...file, name: `b/${base(file.name).replace(".json.gz", ".json")}` };
    });
    expect(prove(shuffled, key)).toEqual(prove(files, key));
  });
  test("proves the same of an organisation's trail", () => {
    expect(prove(trail({ organisation: "o-exampleorgid" }), key).proven).toEqual([hours(0, 9)]);
  });
});

describe("keys come from the data map alone", () => {
  test("without keys nothing is proven", () => {
    const proof = prove(trail());
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toBe("the data map holds no key to verify digests with");
  });
  test("a digest whose fingerprint the data map does not hold proves nothing", () => {
    const proof = prove(trail(), otherKey);
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toContain(`names the key ${key.fingerprint}, which the data map does not hold`);
  });
  test("a digest that another key signed under a trusted fingerprint proves nothing", () => {
    const forged = trail({ key: { ...otherKey, fingerprint: key.fingerprint } });
    const proof = prove(forged, key);
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toContain("is not what was signed");
  });
  test("fingerprints differ in case only, and a key may be SPKI", () => {
    const spki = createPublicKey({ key: Buffer.from(key.publicKeyDer), format: "der", type: "pkcs1" }).export(
      {
        format: "der",
        type: "spki",
      },
    );
    const proof = prove(trail(), { ...key, fingerprint: key.fingerprint.toUpperCase(), publicKeyDer: spki });
    expect(proof.proven).toEqual([hours(0, 9)]);
  });
  test("a key that is none is told and trusted for nothing", () => {
    const proof = prove(trail(), { ...key, publicKeyDer: Buffer.from("no key") });
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toContain(`the key ${key.fingerprint} of the data map is no RSA public key`);
  });
});

describe("keys that change", () => {
  const keyOf = (hour: number): typeof key => (hour < 5 ? key : otherKey);
  test("leave a chain unbroken when the data map holds them all", () => {
    expect(prove(trail({ keyOf }), key, otherKey).proven).toEqual([hours(0, 9)]);
  });
  test("leave open what the key that is not there has signed", () => {
    expect(prove(trail({ keyOf }), key).proven).toEqual([hours(0, 4)]);
    expect(prove(trail({ keyOf }), otherKey).proven).toEqual([hours(5, 9)]);
  });
  test("leave open what lies before a backfill that cannot be trusted, back to the one before it", () => {
    const keyOfHour = (hour: number): typeof key => (hour === 5 ? otherKey : key);
    const files = trail({ keyOf: keyOfHour, backfilledHours: [1, 5, 8], delayMaxMs: 0 });
    expect(prove(files, key).proven).toEqual([hours(0, 1), hours(6, 9)]);
  });
});

describe("log files", () => {
  const files = trail({ delayMaxMs: 0 });
  test("a lost one leaves its hour open and is named", () => {
    const lost = only(files, "log", 4);
    const proof = prove(without(files, lost), key);
    expect(proof.proven).toEqual([hours(0, 4), hours(5, 9)]);
    expect(told(proof)).toBe(
      `log file \`${base(lost.name)}\` of digest \`${base(only(files, "digest", 4).name)}\` is missing`,
    );
  });
  test("an altered one leaves its hour open and is named", () => {
    const altered = only(files, "log", 4);
    const proof = prove(replaced(files, altered, changeByte(altered, 30, 1)), key);
    expect(proof.proven).toEqual([hours(0, 4), hours(5, 9)]);
    expect(told(proof)).toContain(`log file \`${base(altered.name)}\` of digest`);
    expect(told(proof)).toContain("is not as it was delivered");
  });
  test("a lost one leaves the time of its events open, also where that is before the hour of its delivery", () => {
    const late = trail({ delayMaxMs: hourMs });
    const lost = late.filter(({ kind, hour }) => kind === "log" && hour === 4);
    const oldestMs = Math.min(...lost.flatMap(({ eventsMs }) => eventsMs));
    expect(oldestMs).toBeLessThan(fromMs + 4 * hourMs);
    const { proven } = prove(without(late, ...lost), key);
    expect(proven[0]?.toUs).toBe(oldestMs * 1000);
    expect(proven[1]).toEqual(hours(5, 9));
  });
  test("one that no digest lists is told and hides nothing", () => {
    const stray: TrailFile = {
      kind: "log",
      name: "x/stray.json",
      content: Buffer.from("{}"),
      hour: 0,
      eventsMs: [],
    };
    const proof = prove([...files, stray], key);
    expect(proof.proven).toEqual([hours(0, 9)]);
    expect(proof.problems).toEqual([
      { text: "log files that no digest lists lie among the files", files: ["x/stray.json"] },
    ]);
  });
});

describe("digests", () => {
  test("where one is missing, neither its hour is proven nor the hour before, whose events it might have listed", () => {
    const files = trail();
    const lost = only(files, "digest", 4);
    const proof = prove(without(files, lost, only(files, "signature", 4)), key);
    expect(proof.proven).toEqual([hours(0, 3), hours(5, 9)]);
    expect(told(proof)).toContain(
      `digest \`${base(lost.name)}\`, which digest \`${base(only(files, "digest", 5).name)}\` names before it, is missing`,
    );
    expect(told(proof)).toContain("log files that no digest lists");
  });
  test("an altered one proves nothing, nor can the one after it lean on it", () => {
    const files = trail();
    const altered = only(files, "digest", 4);
    const proof = prove(
      replaced(
        files,
        altered,
        withText(altered, (text) => text.replace(/"logFiles":.*\]/, '"logFiles":[]')),
      ),
      key,
    );
    expect(proof.proven).toEqual([hours(0, 3), hours(5, 9)]);
    expect(told(proof)).toContain(`digest \`${base(altered.name)}\` is not what was signed`);
    expect(told(proof)).toContain(
      `is not the one that digest \`${base(only(files, "digest", 5).name)}\` names`,
    );
  });
  test("a signature beside one that is not its own is told; the one in the digest after it counts", () => {
    const files = trail();
    const [beside, other] = [only(files, "signature", 4), only(files, "signature", 5)];
    const isHex = (file: TrailFile): boolean => file.name.endsWith(".signature");
    const swapped = {
      ...beside,
      content: other.content,
      name: beside.name.replace(
        /\.(signature|metadata\.json)$/,
        isHex(other) ? ".signature" : ".metadata.json",
      ),
    };
    const proof = prove(replaced(files, beside, swapped), key);
    expect(proof.proven).toEqual([hours(0, 9)]);
    expect(told(proof)).toBe(
      `what lies beside digest \`${base(only(files, "digest", 4).name)}\` is not its signature`,
    );
  });
  test("a signature whose digest is not there is told", () => {
    const files = trail();
    const last = only(files, "digest", 9);
    const proof = prove(without(files, last), key);
    expect(proof.proven).toEqual([hours(0, 8)]);
    expect(told(proof)).toContain("is missing or malformed");
  });
  test("logging stopped and started again: what lies between is not proven, nor the last hour before", () => {
    const files = trail({ stoppedHours: [4, 5] });
    const proof = prove(files, key);
    expect(proof.proven).toEqual([hours(0, 3), hours(6, 9)]);
    expect(told(proof)).toBe(
      `digest \`${base(only(files, "digest", 6).name)}\` begins a chain anew: nothing shows what was delivered before it`,
    );
  });
  test("one that names the one before it and does not go on where that ends leaves what lies between open", () => {
    const files = trail({ stoppedHours: [4, 5], linksOverStops: true });
    const proof = prove(files, key);
    expect(proof.proven).toEqual([hours(0, 3), hours(6, 9)]);
    expect(told(proof)).toBe(
      `digest \`${base(only(files, "digest", 6).name)}\` does not go on where digest \`${base(only(files, "digest", 3).name)}\` ends`,
    );
  });
  test("those of a trail that moves to another bucket stay one chain", () => {
    const proof = prove(trail({ bucketOf: (hour) => (hour < 5 ? "old-logs" : "new-logs") }), key);
    expect(proof.proven).toEqual([hours(0, 9)]);
    expect(proof.chains).toHaveLength(1);
  });
  test("where the source's digests begin, the one before tells nothing", () => {
    const files = trail().filter(({ hour }) => hour >= 3);
    const proof = prove(files, key);
    expect(proof.proven).toEqual([hours(3, 9)]);
    expect(proof.problems).toEqual([]);
  });
  test("a trail seen to deliver later than an hour proves as much less before its end", () => {
    const proof = prove(trail({ delayMaxMs: 4 * hourMs }), key);
    const [stretch] = proof.proven;
    expect(stretch?.fromUs).toBe(hours(0, 9).fromUs);
    expect(stretch?.toUs).toBeLessThan(hours(0, 9).toUs);
    expect(stretch?.toUs).toBeGreaterThan(hours(0, 5).toUs);
    expect(told(proof)).toMatch(/delivered up to \d+ minutes late/);
  });
  test("a copy of a digest, even under another name, changes nothing", () => {
    const files = trail();
    const copy = { ...only(files, "digest", 4), name: "copies/CloudTrail-Digest/one.json" };
    expect(prove([copy, ...files], key)).toEqual(prove(files, key));
  });
});

describe("backfill digests", () => {
  const files = trail({ backfilledHours: [2, 6], delayMaxMs: 0 });
  test("list what the hour's own digest left out", () => {
    const proof = prove(files, key);
    expect(proof.proven).toEqual([hours(0, 9)]);
    expect(proof.problems).toEqual([]);
  });
  test("leave their hour open when a log file that they list is missing", () => {
    const listed = Buffer.from(only(files, "backfill", 6).content).toString();
    const lost = files.filter(({ kind, name }) => kind === "log" && listed.includes(name));
    expect(lost).toHaveLength(1);
    const proof = prove(without(files, ...lost), key);
    expect(proof.proven).toEqual([hours(0, 6), hours(7, 9)]);
    expect(told(proof)).toContain("is missing");
  });
  test("leave their hour and the one before open when they are altered", () => {
    const altered = only(files, "backfill", 6);
    const proof = prove(replaced(files, altered, changeByte(altered, altered.content.length - 9, 1)), key);
    expect(proof.proven).toEqual([hours(0, 5), hours(7, 9)]);
    expect(told(proof)).toContain(`digest \`${base(altered.name)}\` is not what was signed`);
  });
  test.each([
    [
      "its beginning and end",
      (text: string) => text.replaceAll(/("digest(?:Start|End)Time":")2014/g, "$12013"),
    ],
    ["the times in its name", (text: string) => text.replace(/(_)2014(\w+_backfill)/, "$12015$2")],
  ])("leave their hour open also when %s are altered and the file has another name", (_, change) => {
    const altered = { ...withText(only(files, "backfill", 6), change), name: "a/CloudTrail-Digest/b.json" };
    const { proven } = prove(replaced(files, only(files, "backfill", 6), altered), key);
    expect(proven[0]).toEqual(hours(0, 5));
  });
  test("leave everything back to the backfill before open when a later one names them and they are missing", () => {
    const lost = only(files, "backfill", 2);
    const proof = prove(without(files, lost), key);
    expect(proof.proven).toEqual([hours(3, 9)]);
    expect(told(proof)).toContain(`digest \`${base(lost.name)}\`, which digest`);
  });
  test("do not stand in for an hour's own digest", () => {
    const proof = prove(without(files, only(files, "digest", 6)), key);
    expect(proof.proven).toEqual([hours(0, 5), hours(7, 9)]);
  });
});

describe("several chains", () => {
  const random = new SeededRandom(3);
  const first = trail({ random });
  const second = trail({ random, region: "us-east-1", account: "444455556666" });
  test("an instant is proven only when every chain proves it", () => {
    const proof = prove(
      [...without(first, only(first, "digest", 2)), ...without(second, only(second, "digest", 7))],
      key,
    );
    expect(proof.proven).toEqual([hours(0, 1), hours(3, 6), hours(8, 9)]);
    expect(proof.chains.map(({ account, proven }) => [account, proven])).toEqual([
      ["111122223333", [hours(0, 1), hours(3, 9)]],
      ["444455556666", [hours(0, 6), hours(8, 9)]],
    ]);
  });
  test("a chain that begins later or ends earlier leaves a gap there", () => {
    const proof = prove([...first, ...second.filter(({ hour }) => hour >= 2 && hour < 8)], key);
    expect(proof.proven).toEqual([hours(2, 7)]);
  });
  test("a chain whose key is not trusted is expected all the same", () => {
    const proof = prove([...first, ...trail({ random, region: "us-east-1", key: otherKey })], key);
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toContain(
      "no digest of the trail `everything` of 111122223333 in us-east-1 can be trusted",
    );
  });
  test("log files of an account and region of which no digest is there show that a chain is missing", () => {
    const proof = prove([...first, ...second.filter(({ kind }) => kind === "log")], key);
    expect(proof.proven).toEqual([]);
    expect(told(proof)).toContain(
      "log files of 444455556666/us-east-1 lie among the files, but none of its digests",
    );
  });
});
