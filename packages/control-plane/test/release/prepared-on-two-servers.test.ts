import { randomBytes, sign } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addDocumentSignature,
  bundleBytesMax,
  documentSigningInput,
  readLayout,
  signingInput,
  trustRootDocument,
  trustRootDomain,
  writeSignedDocument,
} from "@cordon/bundle";
import {
  askApproval,
  draftPlan,
  generateBundleKeyPair,
  giveApproval,
  openControlPlane,
  openIncident,
  planProgress,
  readBundlePrivateKey,
  readBundlePublicKey,
  readPlan,
  readPrepared,
  readPreparedBundle,
  reportProgress,
  sha256,
  signPrepared,
  type Caller,
  type ControlPlane,
} from "@cordon/control-plane";
import type { Role } from "@cordon/response";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownKeysOf } from "./own-keys.ts";

const roles = new Map<string, readonly Role[]>([
  ["author", ["investigator", "responder"]],
  ["approver", ["approver"]],
  ["second-approver", ["approver"]],
]);
const callerOf = (operator: string): Caller => ({
  operator,
  roles: roles.get(operator) ?? [],
  idempotencyKey: null,
});
const [author, approver, secondApprover] = ["author", "approver", "second-approver"].map(callerOf) as [
  Caller,
  Caller,
  Caller,
];

const approverKey = generateBundleKeyPair();
const rootKey = generateBundleKeyPair();
let folder: string;
let postgres: TestPostgres;
let first: ControlPlane;
let second: ControlPlane;

async function open(name: string): Promise<ControlPlane> {
  return openControlPlane({
    home: join(folder, name),
    databaseUrl: postgres.url,
    directory: { accounts: join(folder, "accounts.csv"), installations: null, token: null },
    mail: null,
    operators: { roles: () => Promise.resolve(roles) },
    clock: () => Date.now(),
    randomBytes,
    onNote: () => undefined,
  });
}

async function putTrustRoot(name: string): Promise<void> {
  const own = await ownKeysOf(join(folder, "a"));
  const publicKey = readBundlePublicKey(rootKey.publicKeyPem);
  const document = trustRootDocument({
    version: 1,
    bundleKeys: [own.publicKeyPem, approverKey.publicKeyPem].map(readBundlePublicKey),
    bundleThreshold: 2,
    freshnessKeys: [],
    freshnessThreshold: 0,
    rootKeys: [publicKey],
    rootThreshold: 1,
    expiresAtMs: null,
  });
  const message = documentSigningInput(trustRootDomain, document.signed, sha256);
  const signature = sign(null, message, readBundlePrivateKey(rootKey.privateKeyPem));
  await mkdir(join(folder, name, "bundles", "trust"), { recursive: true });
  await writeFile(
    join(folder, name, "bundles", "trust", "1"),
    writeSignedDocument(addDocumentSignature(document, { publicKey, signature }, sha256)),
  );
}

async function until<T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-prepared-"));
  postgres = await startTestPostgres();
  await writeFile(
    join(folder, "accounts.csv"),
    "account_id,created_at,market,locale\nu-1,2013-01-01T00:00:00Z,SE,en\nu-2,2013-01-01T00:00:00Z,US,en\n",
  );
  first = await open("a");
  await putTrustRoot("a");
  await mkdir(join(folder, "b"));
  await cp(join(folder, "a", "keys"), join(folder, "b", "keys"), { recursive: true });
  await putTrustRoot("b");
  second = await open("b");
});
afterAll(async () => {
  await first.close();
  await second.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

let at: { readonly incidentId: string; readonly planId: string };

test("what one server has prepared another one shows, serves byte by byte, has signed and puts in force", async () => {
  const incidentId = (await openIncident(first, author, { title: "t" })).id;
  const measures = [{ id: "all", measure: "reauthenticate" as const, cohort: { everyone: true as const } }];
  const planId = (await draftPlan(first, author, incidentId, { measures })).id;
  at = { incidentId, planId };
  const { asked } = await askApproval(first, author, incidentId, planId, { act: "plan" });
  for (const one of [approver, secondApprover])
    await giveApproval(first, one, incidentId, planId, { digest: asked?.digest ?? "" });
  const shown = await until(
    () => readPrepared(second),
    ({ prepared }) => prepared !== null,
  );
  const own = await until(
    () => readPrepared(first),
    ({ prepared }) => prepared !== null,
  );
  expect(shown).toEqual(own);
  // Whichever of them prepared it, its file is gone.
  for (const name of ["a", "b"])
    for (const file of await readdir(join(folder, name, "bundles")))
      if (file.startsWith("prepared-")) await rm(join(folder, name, "bundles", file));
  const bytes = await readPreparedBundle(second);
  if (bytes === null) throw new Error("no bytes");
  expect(Buffer.from(bytes)).toEqual(Buffer.from((await readPreparedBundle(first)) ?? []));
  await first.close();
  const { signedPart } = readLayout(bytes, bundleBytesMax);
  const publicKey = readBundlePublicKey(approverKey.publicKeyPem);
  await signPrepared(second, approver, {
    sha256: Buffer.from(sha256(signedPart)).toString("hex"),
    keyId: Buffer.from(sha256(publicKey)).toString("hex"),
    signature: sign(
      null,
      signingInput(signedPart, sha256),
      readBundlePrivateKey(approverKey.privateKeyPem),
    ).toString("base64"),
  });
  await until(
    () => readPlan(second, incidentId, planId),
    ({ state }) => state === "in-force",
  );
  const served = await until(
    () => Promise.resolve(second.bundles.served?.bytes ?? null),
    (one) => one !== null,
  );
  if (served === null) throw new Error("none");
  expect(Buffer.from(readLayout(served, bundleBytesMax).signedPart)).toEqual(Buffer.from(signedPart));
  expect(readLayout(served, bundleBytesMax).signatures).toHaveLength(2);
});

test("progress says how many have met a sign-in, by market and store; a point of before is still read", async () => {
  await reportProgress(second, { point: "old", bundleVersion: 1, counters: { "v1.reauthenticate.all": 3 } });
  const counted = { measure: "reauthenticate", isWhole: true, waves: null, stores: { website: 1 } };
  await reportProgress(second, {
    point: "new",
    bundleVersion: 1,
    counters: {},
    met: {
      startedAt: "2014-01-01T00:00:00.000Z",
      rules: [{ rule: "all", accounts: 1, markets: { SE: 1 }, ...counted }],
    },
  });
  const { measures } = await planProgress(second, at.incidentId, at.planId);
  expect(measures).toMatchObject([
    {
      people: 2,
      timesMet: 3,
      metShare: 0.5,
      met: {
        total: { atLeast: 1, atMost: null },
        because: "`old` does not count who has met a measure",
        byMarket: { SE: { people: 1, atLeast: 1 }, US: { people: 1, atLeast: 0 } },
        byStore: { website: { atLeast: 1 } },
      },
    },
  ]);
});
