import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { parseDataMap } from "@cordon/evidence";
import { importEvidence, runScope, type ScopeResult } from "@cordon/lake";
import { parseQuestion } from "@cordon/scope";
import {
  changeByte,
  cloudTrail,
  makeTrailKey,
  packTrailFile,
  SeededRandom,
  type TrailFile,
} from "@cordon/testkit";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const fromMs = Date.UTC(2014, 4, 20);
const hourMs = 3_600_000;
const hours = 12;
const key = makeTrailKey();

function mapWith(proof: object): ReturnType<typeof parseDataMap> {
  return parseDataMap({
    version: 1,
    stores: { bucket: { classes: ["user.name"], accounts: 1000 } },
    sources: {
      trail: {
        format: "cloudtrail",
        store: "bucket",
        fields: { time: "eventTime", id: "eventID", actor: "userIdentity.arn", operation: "eventName" },
        operations: { GetObject: { account: "requestParameters.key", classes: ["user.name"] } },
        coverage: { from: "2014-05-20T00:00:00Z", to: "2014-05-20T12:00:00Z", ...proof },
      },
    },
  });
}
const withKey = mapWith({
  digest: {
    keys: [{ Fingerprint: key.fingerprint, Value: Buffer.from(key.publicKeyDer).toString("base64") }],
  },
});
const question = parseQuestion({
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-20T10:00:00Z" },
  suspect: [{ actor: "arn:intruder" }],
});

let files: readonly TrailFile[];
let folder: string;

beforeAll(() => {
  let count = 0;
  files = cloudTrail({
    random: new SeededRandom(5),
    key,
    fromMs,
    hours,
    signatures: "last",
    record: (atMs, id) => {
      count += 1;
      return {
        eventTime: new Date(atMs).toISOString(),
        eventID: id,
        eventName: "GetObject",
        userIdentity: { arn: count === 5 ? "arn:intruder" : "arn:web" },
        requestParameters: { key: `u-${count}` },
      };
    },
  });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cordon-digest-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Asks the raw trail and a lake of it; both answer alike. */
async function ask(trail: readonly TrailFile[], map = withKey): Promise<ScopeResult["answer"]> {
  const evidenceFolder = path.join(folder, "evidence");
  for (const file of trail) {
    const name = path.join(evidenceFolder, "trail", file.name);
    await mkdir(path.dirname(name), { recursive: true });
    await writeFile(name, packTrailFile(file));
  }
  const asked = { map, question, population: 1000, workFolder: folder };
  const { answer } = await runScope({ ...asked, evidenceFolder });
  const lakeFolder = path.join(folder, "lake");
  await importEvidence({ map, evidenceFolder, lakeFolder });
  expect((await importEvidence({ map, evidenceFolder, lakeFolder })).filesRead).toBe(0);
  expect((await runScope({ ...asked, lakeFolder })).answer.answerDigest).toBe(answer.answerDigest);
  return answer;
}

test("a whole, signed chain proves its hours, and the answer is exact", async () => {
  const answer = await ask(files);
  expect(answer.coverage).toMatchObject({ complete: true, gaps: [] });
  expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 1, atMost: 1 });
  expect(answer.evidence.rejected).toBe(0);
});

test("hours that the chain does not prove are gaps: a log file that is lost, and one that was changed", async () => {
  const lost = files.find(({ kind, hour }) => kind === "log" && hour === 4);
  const answer = await ask(files.filter((file) => file !== lost));
  expect(answer.coverage.gaps.map(({ reason }) => reason)).toEqual(["digest"]);
  expect(answer.accounts.kind).toBe("between");
  const [gap] = answer.coverage.gaps;
  expect(Date.parse(gap?.from ?? "")).toBeLessThanOrEqual(fromMs + 4 * hourMs);
  expect(Date.parse(gap?.to ?? "")).toBeGreaterThanOrEqual(fromMs + 5 * hourMs);
  expect(answer.contradictions.map(({ kind }) => kind)).toContain("digest");
});

test("a digest with one changed byte proves nothing", async () => {
  const changed = files.map((file) =>
    file.kind === "digest" && file.hour === 3
      ? changeByte(file, Math.floor(file.content.length / 2), 1)
      : file,
  );
  const answer = await ask(changed);
  expect(answer.coverage.complete).toBe(false);
});

test("without a key in the map nothing is proven", async () => {
  const answer = await ask(files, mapWith({ proof: "digest" }));
  expect(answer.coverage.gaps).toEqual([
    {
      source: "trail",
      store: "bucket",
      from: "2014-05-20T00:00:00.000Z",
      to: "2014-05-20T10:00:00.000Z",
      reason: "digest",
    },
  ]);
});
