import { createHash, randomBytes, randomUUID, sign } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addDocumentSignature,
  addSignature,
  bundleBytesMax,
  documentSigningInput,
  encodeBundle,
  readLayout,
  signingInput,
  trustRootDocument,
  trustRootDomain,
  writeSignedDocument,
} from "@cordon/bundle";
import type { Plan, PreparedBundle } from "@cordon/contract";
import {
  generateBundleKeyPair,
  readBundlePrivateKey,
  readBundlePublicKey,
  sha256,
  type BundleKeyPair,
} from "@cordon/control-plane";
import { EnforcementPoint, HttpBundleSource, httpBundleSourceDefaults } from "@cordon/enforcement";
import { ApiError, CordonClient } from "@cordon/sdk";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cordon } from "./command-line.ts";

const approverKey = generateBundleKeyPair();
const secondKey = generateBundleKeyPair();
const rootKey = generateBundleKeyPair();

type Name = "author" | "approver" | "second-approver";

let folder: string;
let home: string;
let postgres: TestPostgres;
let server: RunningServer;
let clients: Readonly<Record<Name, CordonClient>>;
let enforcementToken: string;
let trustRoot: Uint8Array;
let incidentId: string;
const points: EnforcementPoint[] = [];

function keyId(pair: BundleKeyPair): string {
  return Buffer.from(sha256(readBundlePublicKey(pair.publicKeyPem))).toString("hex");
}

async function serverKey(): Promise<BundleKeyPair> {
  const read = (name: string) => readFile(join(home, "keys", name), "utf8");
  return {
    privateKeyPem: await read("bundle.private.pem"),
    publicKeyPem: await read("bundle.public.pem"),
  };
}

/** 2 of the control plane's key and two approvers' own. */
async function rootBytes(): Promise<Uint8Array> {
  const keys = [await serverKey(), approverKey, secondKey].map((pair) =>
    readBundlePublicKey(pair.publicKeyPem),
  );
  const document = trustRootDocument({
    version: 1,
    bundleKeys: keys,
    bundleThreshold: 2,
    freshnessKeys: [],
    freshnessThreshold: 0,
    rootKeys: [readBundlePublicKey(rootKey.publicKeyPem)],
    rootThreshold: 1,
    expiresAtMs: null,
  });
  const message = documentSigningInput(trustRootDomain, document.signed, sha256);
  const signature = sign(null, message, readBundlePrivateKey(rootKey.privateKeyPem));
  const publicKey = readBundlePublicKey(rootKey.publicKeyPem);
  return writeSignedDocument(addDocumentSignature(document, { publicKey, signature }, sha256));
}

async function until<T>(ask: () => T | Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** A bundle's file, which is given its name after it is on record and served. */
async function named(version: number): Promise<Buffer> {
  const file = join(home, "bundles", `${version}.bundle`);
  const bytes = await until(
    () => readFile(file).catch(() => null),
    (read) => read !== null,
  );
  if (bytes === null) throw new Error("none");
  return bytes;
}

async function prepared(): Promise<PreparedBundle> {
  const seen = await until(
    () => clients.approver.readPrepared(),
    (one) => one.prepared !== null,
  );
  if (seen.prepared === null) throw new Error("none");
  return seen.prepared;
}

async function signatureBy(pair: BundleKeyPair) {
  const { signedPart } = readLayout(await clients.approver.readPreparedBundle(), bundleBytesMax);
  const signature = sign(null, signingInput(signedPart, sha256), readBundlePrivateKey(pair.privateKeyPem));
  return {
    sha256: createHash("sha256").update(signedPart).digest("hex"),
    keyId: keyId(pair),
    signature: signature.toString("base64"),
  };
}

/** A point that goes by the trust root; it follows whoever listens at `url`. */
async function pointAt(url: string, name: string): Promise<EnforcementPoint> {
  const point = new EnforcementPoint({
    source: new HttpBundleSource({
      ...httpBundleSourceDefaults,
      url,
      token: enforcementToken,
      bundleBytesMax,
      random: Math.random,
      pollMs: 50,
      lookAgainSpreadMs: 0,
    }),
    trust: { root: trustRoot, keptFile: join(folder, `${name}.trust`) },
    lastGoodFile: join(folder, "last-good.bundle"),
    beforeFirstBundle: "allow",
    withoutPlatform: "allow",
    keepServing: true,
    bundleBytesMax,
    retryAfterSeconds: { least: 1, most: 1 },
    nowMs: () => Date.now(),
    random: Math.random,
  });
  points.push(point);
  await point.start();
  return point;
}

async function problemOf(
  call: Promise<unknown>,
): Promise<{ status: number | null; code: string | undefined }> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error("it was not refused");
  return { status: error.status, code: error.problem?.code };
}

async function askedAndApproved(
  planId: string,
  ask: Parameters<CordonClient["askApproval"]>[2],
): Promise<Plan> {
  const { asked } = await clients.author.askApproval(incidentId, planId, ask);
  const body = { digest: asked?.digest ?? "" };
  await clients.approver.giveApproval(incidentId, planId, body);
  return clients["second-approver"].giveApproval(incidentId, planId, body);
}

const measures = [{ id: "all", measure: "reauthenticate" as const, cohort: { everyone: true as const } }];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-two-keys-"));
  home = join(folder, "home");
  postgres = await startTestPostgres();
  const accounts = join(folder, "accounts.csv");
  await writeFile(
    accounts,
    "account_id,created_at,market,locale\nu-1,2013-01-01T00:00:00Z,SE,en\nu-2,2013-01-01T00:00:00Z,US,en\n",
  );
  server = await startServer({
    home,
    port: 0,
    databaseUrl: postgres.url,
    directory: { accounts, installations: null, token: null },
    mail: null,
    version: "0",
    onNote: () => undefined,
  });
  const token = async (...file: string[]) => (await readFile(join(home, ...file), "utf8")).trim();
  const client = async (name: Name) =>
    new CordonClient({
      url: server.url,
      token: await token("operators", `${name}.token`),
      newId: randomUUID,
    });
  clients = {
    author: await client("author"),
    approver: await client("approver"),
    "second-approver": await client("second-approver"),
  };
  enforcementToken = await token("keys", "enforcement.token");
  trustRoot = await rootBytes();
  await mkdir(join(home, "bundles", "trust"), { recursive: true });
  await writeFile(join(home, "bundles", "trust", "1"), trustRoot);
  for (const [name, pair] of [
    ["approver", approverKey],
    ["second", secondKey],
  ] as const)
    await writeFile(join(folder, `${name}.pem`), pair.privateKeyPem, { mode: 0o600 });
  incidentId = (await clients.author.openIncident({ title: "t" })).id;
  await pointAt(server.url, "first");
});
afterAll(async () => {
  for (const point of points) await point.close();
  await server.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("an approval is a signature over the bundle with the approver's own key", () => {
  let plan: Plan;
  const point = () => points[0] as EnforcementPoint;

  test("approved, a plan waits until enough of the trust root's keys have signed: the server's own is not enough", async () => {
    plan = await clients.author.draftPlan(incidentId, { measures });
    await askedAndApproved(plan.id, { act: "plan" });
    const waiting = await prepared();
    expect(waiting).toMatchObject({
      version: 1,
      threshold: 2,
      plans: [{ planId: plan.id }],
      rules: [{ id: "all", measure: "reauthenticate" }],
      difference: [{ ruleId: "all", change: "new" }],
    });
    expect(waiting.signatures).toEqual([{ keyId: keyId(await serverKey()), signed: null }]);
    expect(await clients.author.readPlan(incidentId, plan.id)).toMatchObject({
      state: "approved",
      publishing: { waitsForSignatures: true },
    });
    expect(point().status().bundle).toBeNull();
  });

  test("what does not count is refused: another key, the server's own, a wrong signature, an author, another bundle", async () => {
    const mine = await signatureBy(approverKey);
    const stranger = await signatureBy(generateBundleKeyPair());
    const own = await signatureBy(await serverKey());
    const forged = { ...mine, signature: randomBytes(64).toString("base64") };
    for (const body of [stranger, own, forged])
      expect(await problemOf(clients.approver.signPrepared(body))).toMatchObject({ status: 422 });
    const stale = { ...mine, sha256: "0".repeat(64) };
    expect((await problemOf(clients.approver.signPrepared(stale))).code).toBe("ERR_PLANE_STALE");
    expect((await problemOf(clients.author.signPrepared(mine))).code).toBe("ERR_PLANE_ROLE");
    expect((await prepared()).signatures).toHaveLength(1);
  });

  test("`cordon plan approve --key` shows what it does and signs it: it comes into force, and the point takes it", async () => {
    const { code, stdout } = await cordon(
      [
        "plan",
        "approve",
        plan.id,
        "--key",
        join(folder, "approver.pem"),
        "--as",
        "approver",
        "--url",
        server.url,
      ],
      { env: { CORDON_HOME: home } },
    );
    expect(stdout).toContain("rule all: reauthenticate for every accounts");
    expect(stdout).toContain("against the bundle in force: all new");
    expect(code).toBe(0);
    await until(
      () => clients.author.readPlan(incidentId, plan.id),
      (one) => one.state === "in-force",
    );
    await until(
      () => point().status().bundle?.version ?? null,
      (version) => version === 1,
    );
    const bytes = await named(1);
    expect(readLayout(bytes, bundleBytesMax).signatures).toHaveLength(2);
  });

  test("a lift goes the same way", async () => {
    await askedAndApproved(plan.id, { act: "lift", because: "it is over" });
    expect(await prepared()).toMatchObject({ version: 2, lifted: [{ planId: plan.id }], rules: [] });
    expect((await clients.author.readPlan(incidentId, plan.id)).state).toBe("lift-approved");
    await clients["second-approver"].signPrepared(await signatureBy(secondKey));
    await until(
      () => clients.author.readPlan(incidentId, plan.id),
      (one) => one.state === "lifted",
    );
    await until(
      () => point().status().bundle?.version ?? null,
      (version) => version === 2,
    );
    // It decides by the bundle before it has it on disk.
    const bytes = await named(2);
    await until(
      () => readFile(join(folder, "last-good.bundle")),
      (kept) => kept.equals(bytes),
    );
  });

  test("a bundle that the server's owner or the database's administrator publishes alone is refused by a point", async () => {
    const own = await serverKey();
    const rules = [{ id: "in", measure: "reauthenticate", cutoff: "2030-01-01T00:00:00.000Z" }];
    const manifest = {
      asOfMs: 0,
      expiresAtMs: null,
      by: "account",
      accounts: 0,
      salt: 0,
      cohorts: [],
    } as const;
    const unsigned = encodeBundle({ policy: { version: 3, rules }, ...manifest }, bundleBytesMax);
    const { signedPart } = readLayout(unsigned, bundleBytesMax);
    const signature = sign(null, signingInput(signedPart, sha256), readBundlePrivateKey(own.privateKeyPem));
    const publicKey = readBundlePublicKey(own.publicKeyPem);
    const bytes = addSignature(unsigned, { publicKey, signature }, { sha256, bundleBytesMax });
    // Who owns the server can run anything in its place, with its key.
    const theirs = createServer((request, response) => {
      if (request.url?.endsWith("/bundles/current") === true) response.end(bytes);
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(theirs, "listening");
    const address = theirs.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const fooled = await pointAt(`http://127.0.0.1:${port}`, "second");
    await until(
      () => fooled.counters.report()["bundle.refused.bad-signature"] ?? 0,
      (count) => count > 0,
    );
    expect(fooled.status()).toMatchObject({ bundle: { version: 2 }, refusal: "bad-signature" });
    theirs.close();
  });
});
