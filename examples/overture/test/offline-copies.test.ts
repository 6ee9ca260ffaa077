import { createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import type { SearchAnswer } from "../src/api/library-api.ts";
import type { Licence, LicencesAnswer, OfflineAnswer, Ticket } from "../src/api/offline-api.ts";
import { chunkAad, chunkCount, chunkIv, chunkLength, sealedOffset } from "../src/api/offline-format.ts";
import type { PlaylistAnswer } from "../src/api/playlists-api.ts";
import { AdmissionQueue, admissionPolicyDefault } from "../src/offline-copies/admission-queue.ts";
import { openDatabase } from "../src/index.ts";
import { BrowserLike } from "./browser-like.ts";
import { RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");

beforeAll(async () => {
  running = await RunningOverture.start({ music: true, accounts: ["ada", "bo", "cy", "di", "eve"] });
});
afterAll(async () => {
  await running.stop();
});

interface Offline {
  readonly browser: BrowserLike;
  readonly trackIds: readonly string[];
  readonly playlistId: string;
}

async function takesOffline(id: string): Promise<Offline> {
  const browser = new BrowserLike(running.overture.url);
  await browser.signIn(`${id}@example.org`, `password of ${id}`);
  const { tracks } = await browser.json<SearchAnswer>("/api/search?q=ada");
  const trackIds = tracks.map((track) => track.id);
  const made = await browser.go("/api/playlists", { json: { name: "Train", trackIds } });
  const { id: playlistId } = (await made.json()) as PlaylistAnswer;
  expect((await browser.go("/api/offline/key", { method: "PUT", json: { spki } })).status).toBe(204);
  expect((await browser.go(`/api/offline/playlists/${playlistId}`, { method: "PUT" })).status).toBe(204);
  return { browser, trackIds, playlistId };
}

const licencesPath = (ids: readonly string[]) =>
  `/api/offline/licences?${ids.map((id) => `track=${id}`).join("&")}`;

async function licences({ browser, trackIds }: Offline): Promise<readonly Licence[]> {
  return (await browser.json<LicencesAnswer>(licencesPath(trackIds))).licences;
}

async function admitted({ browser }: Offline): Promise<string> {
  const ticket = (await (await browser.go("/api/offline/tickets", { method: "POST" })).json()) as Ticket;
  expect(ticket.state).toBe("admitted");
  return ticket.id;
}

function keyOf({ wrappedKey }: Licence, key: KeyObject = privateKey): Buffer {
  return privateDecrypt({ key, oaepHash: "sha256" }, Buffer.from(wrappedKey, "base64"));
}

function unseal(sealed: Buffer, { trackId, epoch, plainBytes }: Licence, key: Buffer): Buffer {
  const plain: Buffer[] = [];
  for (let n = 0; n < chunkCount(plainBytes); n++) {
    const chunk = sealed.subarray(sealedOffset(n), sealedOffset(n) + chunkLength(plainBytes, n) + 16);
    const decipher = createDecipheriv("aes-256-gcm", key, chunkIv(n));
    decipher.setAAD(chunkAad(trackId, epoch, n, plainBytes));
    decipher.setAuthTag(chunk.subarray(-16));
    plain.push(decipher.update(chunk.subarray(0, -16)), decipher.final());
  }
  return Buffer.concat(plain);
}

test("a playlist is taken offline: sealed chunks for one installation, opened by its licence to the very audio", async () => {
  const offline = await takesOffline("ada");
  const { browser } = offline;
  const [licence] = await licences(offline);
  if (licence === undefined) throw new Error("no licence");
  const ticket = await admitted(offline);
  const response = await browser.go(`${licence.contentUrl}&ticket=${ticket}`);
  const sealed = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get("content-length")).toBe(String(sealed.length));
  const audio = Buffer.from(await (await browser.go(`/api/stream/${licence.trackId}`)).arrayBuffer());
  expect(sealed.includes(audio.subarray(2000, 2032))).toBe(false);
  expect(unseal(sealed, licence, keyOf(licence)).equals(audio)).toBe(true);
  // A download that broke off goes on where it was.
  const rest = await browser.go(`${licence.contentUrl}&ticket=${ticket}&from=1`);
  if (chunkCount(licence.plainBytes) > 1)
    expect(Buffer.from(await rest.arrayBuffer()).equals(sealed.subarray(sealedOffset(1)))).toBe(true);
  expect(await browser.json<OfflineAnswer>("/api/offline")).toMatchObject({
    epoch: 1,
    enrolled: true,
    playlistIds: [offline.playlistId],
  });
});

test("a chunk that was tampered with, moved, or sealed for another installation does not open", async () => {
  const [ada, bo] = [await takesOffline("cy"), await takesOffline("bo")];
  const [licence] = await licences(ada);
  const [theirs] = await licences(bo);
  if (licence === undefined || theirs === undefined) throw new Error("no licence");
  const response = await ada.browser.go(`${licence.contentUrl}&ticket=${await admitted(ada)}`);
  const sealed = Buffer.from(await response.arrayBuffer());
  const bent = Buffer.from(sealed);
  bent[100] = (bent[100] ?? 0) ^ 1;
  expect(() => unseal(bent, licence, keyOf(licence))).toThrow();
  expect(() => unseal(sealed, { ...licence, epoch: 2 }, keyOf(licence))).toThrow();
  expect(keyOf(licence).equals(keyOf(theirs))).toBe(false);
  expect(() => unseal(sealed, licence, keyOf(theirs))).toThrow();
});

test("no licence without a key, for a track of no offline playlist, or for another account's", async () => {
  const browser = new BrowserLike(running.overture.url);
  await browser.signIn("bo@example.org", "password of bo");
  const { tracks } = await browser.json<SearchAnswer>("/api/search?q=rua");
  const rua = tracks[0]?.id ?? "";
  expect((await browser.go(licencesPath([rua]))).status).toBe(409);
  await browser.go("/api/offline/key", { method: "PUT", json: { spki } });
  expect((await browser.json<LicencesAnswer>(licencesPath([rua]))).licences).toEqual([]);
  const ticket = (await (await browser.go("/api/offline/tickets", { method: "POST" })).json()) as Ticket;
  expect((await browser.go(`/api/offline/content/${rua}?epoch=1&ticket=${ticket.id}`)).status).toBe(404);
});

test.each([
  ["too short", () => generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey],
  ["of another kind", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey],
])("a key that is %s is refused", async (_what, make) => {
  const browser = new BrowserLike(running.overture.url);
  await browser.signIn("ada@example.org", "password of ada");
  const weak = make().export({ type: "spki", format: "der" }).toString("base64");
  for (const given of [weak, "", "AAAA"])
    expect((await browser.go("/api/offline/key", { method: "PUT", json: { spki: given } })).status).toBe(400);
});

test("nobody downloads before it is their turn", async () => {
  const offline = await takesOffline("eve");
  const [licence] = await licences(offline);
  const refused = await offline.browser.go(`${licence?.contentUrl ?? ""}&ticket=ticket-forged`);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
});

function temporaryDatabase() {
  const folder = mkdtempSync(join(tmpdir(), "overture-queue-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return openDatabase(join(folder, "overture.sqlite"));
}

test("installations are admitted at a bounded rate, first come, first served, with a place that only gets better", () => {
  const database = temporaryDatabase();
  const queue = new AdmissionQueue(database, { ...admissionPolicyDefault, perSecond: 2, atOnce: 50 });
  const waiting = new Map(
    Array.from({ length: 40 }, (_, n) => [`i-${String(n).padStart(2, "0")}`, Number.POSITIVE_INFINITY]),
  );
  const order: string[] = [];
  let nowMs = 1_000_000;
  for (let second = 0; second < 60 && waiting.size > 0; second++, nowMs += 1000) {
    for (const [id, before] of waiting) {
      const admission = queue.ask(id, nowMs);
      if (admission.state === "admitted") {
        order.push(id);
        waiting.delete(id);
        continue;
      }
      expect(admission.place).toBeLessThanOrEqual(before);
      expect(admission.retryAfterSeconds).toBeGreaterThan(0);
      waiting.set(id, admission.place);
    }
    // At most two a second, and one second's turns that nobody had used.
    expect(order.length).toBeLessThanOrEqual(2 * (second + 2));
  }
  expect(order).toHaveLength(40);
  expect(order).toEqual([...order].sort());
  database.close();
});

test("who waits and goes away loses the place, and those at once are bounded", () => {
  const database = temporaryDatabase();
  const policy = { perSecond: 100, atOnce: 2, admittedMs: 10_000, patienceMs: 5_000 };
  const queue = new AdmissionQueue(database, policy);
  const states = (ids: string[], nowMs: number) => ids.map((id) => queue.ask(id, nowMs).state);
  expect(states(["a", "b", "c", "d"], 1_000)).toEqual(["admitted", "admitted", "waiting", "waiting"]);
  // `c` asks no more; `d` does.
  expect(states(["d"], 5_000)).toEqual(["waiting"]);
  const { id } = queue.ask("a", 5_500);
  expect(queue.admits("a", id, 6_000)).toBe(true);
  queue.leave("a", id);
  expect(queue.ask("d", 7_000)).toMatchObject({ state: "admitted" });
  expect(queue.admits("a", id, 7_000)).toBe(false);
  database.close();
});

test("when the epoch rises, older copies get nothing: wipe first, then licences and content of the new epoch", async () => {
  const offline = await takesOffline("di");
  const { browser } = offline;
  const [before] = await licences(offline);
  if (before === undefined) throw new Error("no licence");
  const ticket = await admitted(offline);
  await running.enforce({
    version: 1,
    rules: [{ id: "offline", measure: "redownload", where: { platform: "web" }, epoch: 2 }],
  });

  expect((await browser.json<OfflineAnswer>("/api/offline")).epoch).toBe(2);
  expect((await browser.go(`${before.contentUrl}&ticket=${ticket}`)).status).toBe(409);
  expect((await browser.go(licencesPath(offline.trackIds))).status).toBe(409);
  const asked = await browser.go("/ofrep/v1/evaluate/flags", { json: { context: {} } });
  expect(JSON.stringify(await asked.json())).toContain("redownload");

  expect((await browser.go("/api/offline/wiped", { json: { epoch: 2 } })).status).toBe(204);
  const [after] = await licences(offline);
  expect(after?.epoch).toBe(2);
  expect(
    createHash("sha256")
      .update(keyOf(after ?? before))
      .digest("hex"),
  ).not.toBe(createHash("sha256").update(keyOf(before)).digest("hex"));
  expect((await browser.go(`${after?.contentUrl ?? ""}&ticket=${ticket}`)).status).toBe(200);
  const then = await browser.go("/ofrep/v1/evaluate/flags", { json: { context: {} } });
  expect(JSON.stringify(await then.json())).not.toContain('"measure":"redownload"');
});
