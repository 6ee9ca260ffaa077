import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attachment, DueData, Incident, Timeline } from "@cordon/contract";
import { verifyHome } from "@cordon/journal-postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const needle = "Karin Needle, card 4111 1111 1111 1111\n";

let server: TestServer;
let incident: Incident;
let at: string;

beforeAll(async () => {
  server = await TestServer.start(1);
  incident = good<Incident>(await server.post("author", "/v1/incidents", { title: "t" }));
  at = `/v1/incidents/${incident.id}`;
});
afterAll(() => server.end());

async function attach(bytes: Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Attachment> {
  const response = await fetch(`${server.url}${at}/attachments`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await server.token("author")}`,
      "content-type": "application/octet-stream",
      "attachment-name": "report.pdf",
      ...headers,
    },
    body: bytes,
  });
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as Attachment;
}

async function fetched(id: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(`${server.url}${at}/attachments/${id}`, {
    headers: { authorization: `Bearer ${await server.token("approver")}` },
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

const folder = (): string => join(server.home, "attachments");

async function rested(): Promise<Buffer> {
  const found = await readdir(folder(), { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

describe("an attachment", () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
    "of %i bytes rests sealed and comes back as it was",
    async (count) => {
      const bytes = Buffer.concat([Buffer.from(needle), randomBytes(count)]).subarray(0, count);
      const attached = await attach(bytes);
      expect(attached.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect(attached.bytes).toBe(count);
      const { status, bytes: back } = await fetched(attached.id);
      expect(status).toBe(200);
      expect(back.equals(bytes)).toBe(true);
      expect((await rested()).includes(needle)).toBe(false);
    },
  );

  test("that was changed, cut, extended or put in another's place is never given", async () => {
    const bytes = randomBytes(150_000);
    const [one, other] = [await attach(bytes), await attach(randomBytes(150_000))];
    const file = (id: string): string => join(folder(), incident.id, id);
    const sealed = await readFile(file(one.id));
    const swapped = Buffer.concat([
      sealed.subarray(65_564, 131_128),
      sealed.subarray(0, 65_564),
      sealed.subarray(131_128),
    ]);
    const flipped = Buffer.from(sealed);
    flipped[140_000] = (flipped[140_000] ?? 0) ^ 1;
    for (const changed of [
      flipped,
      swapped,
      sealed.subarray(0, 131_128),
      sealed.subarray(0, 100),
      Buffer.alloc(0),
      Buffer.concat([sealed, sealed]),
      await readFile(file(other.id)),
    ]) {
      await writeFile(file(one.id), changed);
      expect((await fetched(one.id)).status).toBe(422);
    }
    await writeFile(file(one.id), sealed);
    expect((await fetched(one.id)).bytes.equals(bytes)).toBe(true);
  });

  test("attached again with the same key is one file", async () => {
    const key = { "idempotency-key": "attach-once" };
    const first = await attach(Buffer.from("once"), key);
    const before = await readdir(join(folder(), incident.id));
    expect((await attach(Buffer.from("once"), key)).id).toBe(first.id);
    expect(await readdir(join(folder(), incident.id))).toEqual(before);
  });

  test("from before files were sealed is still read, and is sealed at the next start", async () => {
    const plain = Buffer.from(`${needle} from before`);
    const { id, sha256 } = await attach(plain);
    await rm(join(folder(), incident.id, id));
    const old = join(folder(), sha256);
    await writeFile(old, plain);
    expect((await fetched(id)).bytes.equals(plain)).toBe(true);
    await writeFile(old, "something else");
    expect((await fetched(id)).status).toBe(422);
    await writeFile(old, plain);
    await server.close();
    await server.open();
    await until(
      () => readdir(folder()),
      (names) => !names.includes(sha256),
    );
    expect((await rested()).includes(needle)).toBe(false);
    expect((await fetched(id)).bytes.equals(plain)).toBe(true);
  });
});

const retentionOf = async () => good<Incident>(await server.get("author", at)).retention;
const due = async () => good<DueData>(await server.get("author", "/v1/retention")).due;

/** Past the all clear, as the journal would have it. */
async function close(): Promise<void> {
  await server.close();
  const { openJournal } = await import("@cordon/journal-postgres");
  const journal = await openJournal({
    home: server.home,
    databaseUrl: server.databaseUrl,
    clock: Date.now,
    randomBytes,
  });
  await journal.append(`incident/${incident.id}`, "any", [
    { type: "stage-moved", data: { by: "approver", from: "detected", to: "closed", because: "over" } },
  ]);
  await journal.close();
  await server.open();
}

describe("an incident's personal data", () => {
  test("is let go by two approvers' word alone, after its retention, never under a hold; then nothing of it is left", async () => {
    const kept = await attach(Buffer.from(needle));
    good(await server.post("author", `${at}/notes`, { text: needle }));
    expect(problemIn(await server.post("author", `${at}/shredding`, { because: "b" })).reasons).toContain(
      "the incident is not closed",
    );
    expect(await due()).toEqual([]);
    await close();
    expect(await due()).toMatchObject([{ incident: incident.id, keptUntil: null, asked: false }]);
    const days = { days: 0, because: "policy" };
    expect((await server.post("author", `${at}/retention`, days)).status).toBe(403);
    good(await server.post("approver", `${at}/retention`, days, { "idempotency-key": "keep-1" }));
    good(await server.post("approver", `${at}/retention`, days, { "idempotency-key": "keep-1" }));
    good(await server.post("author", `${at}/legal-hold`, { because: "court order 7" }));
    const held = problemIn(await server.post("author", `${at}/shredding`, { because: "b" }));
    expect(held).toMatchObject({ status: 409, reasons: ["a legal hold by author stands: court order 7"] });
    expect(await due()).toMatchObject([{ keptBecause: ["a legal hold by author stands: court order 7"] }]);
    good(await server.post("approver", `${at}/legal-hold/lifting`, { because: "case closed" }));

    good(await server.post("approver", `${at}/shredding`, { because: "retention over" }));
    const digest = (await retentionOf()).asked?.digest;
    const approvals = `${at}/shredding/approvals`;
    expect((await server.post("approver", approvals, { digest })).status).toBe(403);
    expect((await server.post("author", approvals, { digest })).status).toBe(403);
    good(await server.post("second-approver", approvals, { digest }));
    // A hold in between: nothing that was approved before counts.
    good(await server.post("author", `${at}/legal-hold`, { because: "again" }));
    good(await server.post("approver", `${at}/legal-hold/lifting`, { because: "over" }));
    expect((await server.post("second-approver", approvals, { digest })).status).toBe(409);
    expect((await fetched(kept.id)).status).toBe(200);

    good(await server.post("author", `${at}/shredding`, { because: "retention over" }));
    const again = { digest: (await retentionOf()).asked?.digest };
    good(await server.post("approver", approvals, again));
    expect((await retentionOf()).asked).toMatchObject({ needed: 2, approvals: [{ by: "approver" }] });
    const copy = join(server.home, "..", "copy");
    await mkdir(copy);
    await rename(join(folder(), incident.id), join(copy, incident.id));
    await mkdir(join(folder(), incident.id));
    await writeFile(join(folder(), incident.id, kept.id), await readFile(join(copy, incident.id, kept.id)));
    expect((await server.post("second-approver", approvals, again)).status).toBe(202);
    const retention = await until(retentionOf, (one) => (one.shredded?.erasedAt ?? null) !== null);
    expect(retention.shredded).toMatchObject({ approvedBy: ["approver", "second-approver"] });

    expect((await fetched(kept.id)).status).toBe(404);
    expect(await readdir(folder())).toEqual([]);
    const after = good<Incident>(await server.get("author", at));
    expect([after.notes, after.attachments]).toEqual([[], []]);
    expect((await server.post("author", `${at}/notes`, { text: "more" })).status).toBe(409);
    expect(await due()).toEqual([]);
    const { entries } = good<Timeline>(await server.get("author", `${at}/timeline?limit=500`));
    expect(entries.map(({ what }) => what).join("\n")).toMatch(
      /legal hold: court order 7[^]*personal data erased/,
    );
    const client = new pg.Client(server.databaseUrl);
    await client.connect();
    const { rowCount } = await client.query("select from control_plane.incident_key where incident_id = $1", [
      incident.id,
    ]);
    await client.end();
    expect(rowCount).toBe(0);
    // Put back from a copy, the file opens for nobody.
    await rename(join(copy, incident.id), join(folder(), incident.id));
    expect((await fetched(kept.id)).status).toBe(404);
    await server.close();
    const { home, databaseUrl } = server;
    const verified = await verifyHome({
      home,
      databaseUrl,
      randomBytes,
      pinnedKey: null,
      checkpoints: [],
    });
    expect(verified).toMatchObject({ verified: true });
    await server.open();
  });
});
