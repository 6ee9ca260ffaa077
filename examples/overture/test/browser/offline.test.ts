import { rmSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { admissionPolicyDefault } from "../../src/offline-copies/admission-queue.ts";
import type { RunningOverture } from "../running-overture.ts";
import { BrowserKit, hasBrowser } from "./browser.ts";
import type { Context } from "./browser.ts";
import { initScript, Listener, startWithSongs, until } from "./listener.ts";

const dayMs = 86_400_000;

/**
 * A device with space for a few chunks. The browser's own switch for a small quota does not reach IndexedDB, so its answer
 * to a full device is given here: the transaction aborts with `QuotaExceededError`.
 */
const smallDevice = `
  globalThis.chunksLeft = 6;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    if (this.name === "chunks" && (globalThis.chunksLeft -= 1) < 0) {
      const full = new DOMException("full", "QuotaExceededError");
      Object.defineProperty(this.transaction, "error", { value: full });
      request.addEventListener("success", () => this.transaction.abort());
    }
    return request;
  };
`;

describe.runIf(hasBrowser)("an offline playlist", () => {
  let kit: BrowserKit;
  let overture: RunningOverture;
  let profile: string;
  let context: Context;
  let listener: Listener;
  const faults: string[] = [];

  async function start(on: string): Promise<void> {
    profile = on;
    context = await kit.start(on);
    await context.addInitScript(initScript);
    listener = new Listener(await context.newPage(), overture);
  }
  async function restart(): Promise<void> {
    faults.push(...listener.faults);
    await kit.stop(context);
    await start(profile);
  }
  const playOffline = async () => {
    await listener.goTo("#/offline");
    await listener.page.getByRole("link", { name: "On the train" }).click();
    await listener.page.locator("main .front .button").first().click();
  };

  beforeAll(async () => {
    kit = BrowserKit.unpack();
    overture = await startWithSongs({
      licenceMs: 10 * dayMs,
      admission: { ...admissionPolicyDefault, atOnce: 1 },
    });
    await start(kit.newProfile());
    await listener.signIn();
    await listener.takeOffline();
  });
  afterAll(async () => {
    faults.push(...listener.faults);
    await kit.stop(context);
    await kit.close();
    await overture.controlPlane.close();
    rmSync(overture.folder, { recursive: true });
    expect(faults).toEqual([]);
  });

  test("rests encrypted, tells its space, and its key can't be taken out", async () => {
    const { page } = listener;
    const kept = await listener.kept();
    expect(kept.copies.map(({ epoch }) => epoch)).toEqual([1, 1, 1]);
    expect(kept.chunks).toBeGreaterThan(3);
    await listener.goTo("#/offline");
    await page
      .getByText(/\d [kM]B/)
      .first()
      .waitFor();
    const exported = await page.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open("overture-copies");
      opening.onsuccess = () => {
        const read = opening.result.transaction("facts").objectStore("facts").get("key");
        read.onsuccess = () => crypto.subtle.exportKey("pkcs8", read.result.privateKey).then(() => "exported", ({ name }) => resolve(name)).then(resolve);
      };
    })`);
    expect(exported).toBe("InvalidAccessError");
    const music = await page.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open("overture-copies");
      opening.onsuccess = () => {
        const read = opening.result.transaction("chunks").objectStore("chunks").getAll();
        read.onsuccess = () => resolve(read.result.some((chunk) => String.fromCharCode(...chunk.subarray(0, 3)) === "ID3"));
      };
    })`);
    expect(music, "a file's beginning in plain").toBe(false);
  });

  test("answers ranges as a player asks for them", async () => {
    const {
      copies: [copy],
    } = await listener.kept();
    const ask = async (range: string | null) =>
      (await listener.page.evaluate(`(async () => {
        const response = await fetch("/copies/${copy?.trackId ?? ""}", { headers: ${range === null ? "{}" : JSON.stringify({ range })} });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return { status: response.status, bytes: bytes.length, of: response.headers.get("content-range"), first: [...bytes.subarray(0, 3)] };
      })()`)) as { status: number; bytes: number; of: string | null; first: number[] };
    const whole = await ask(null);
    expect(whole).toMatchObject({ status: 200, of: null, first: [73, 68, 51] });
    const { bytes } = whole;
    expect(await ask("bytes=0-1")).toMatchObject({ status: 206, bytes: 2, of: `bytes 0-1/${bytes}` });
    expect(await ask("bytes=-100")).toMatchObject({
      status: 206,
      bytes: 100,
      of: `bytes ${bytes - 100}-${bytes - 1}/${bytes}`,
    });
    expect(await ask("bytes=65530-65545")).toMatchObject({ status: 206, bytes: 16 });
    expect(await ask("bytes=65536-")).toMatchObject({ status: 206, bytes: bytes - 65_536 });
    expect(await ask(`bytes=${bytes}-`)).toMatchObject({ status: 416, bytes: 0, of: `bytes */${bytes}` });
  });

  test("a full device says so plainly and keeps whole songs only; a full service gives a place in the queue", async () => {
    const other = await kit.start(kit.newProfile());
    try {
      await other.addInitScript(initScript + smallDevice);
      const page = await other.newPage();
      const small = new Listener(page, overture);
      await small.signIn("bo");
      await small.takeOffline("Too much", "Offline 1 of 3");
      await small.goTo("#/offline");
      await page.getByText(/This device is full/).waitFor();
      await page.getByText(/1 of 3 songs could be kept/).waitFor();
      const { copies, chunks } = await small.kept();
      expect(copies.length, "a song is here whole or not at all").toBe(1);
      expect(chunks).toBeLessThan(5);
      await page.evaluate("globalThis.chunksLeft = Infinity");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("3 songs, all here").waitFor();

      // The service lets one installation in at a time here, and now that is this one.
      const ticket = (await page.evaluate(
        `fetch("/api/offline/tickets", { method: "POST" }).then((response) => response.json())`,
      )) as { readonly state: string; readonly id: string };
      expect(ticket.state).toBe("admitted");
      await listener.takeOffline("In the queue", "Offline 0 of 2", "Évora");
      await listener.goTo("#/offline");
      await listener.page.getByText("You are number 1 in the queue.").waitFor();
      await page.evaluate(`fetch("/api/offline/tickets/${ticket.id}", { method: "DELETE" })`);
      await listener.page.getByText("2 songs, all here").waitFor();
      expect(small.faults).toEqual([]);
    } finally {
      await kit.stop(other);
    }
  });

  test("plays and seeks with the server stopped, and after a restart of the browser", async () => {
    const { url } = overture.overture;
    await overture.overture.close();
    await listener.page.reload();
    await listener.page.getByText(/can't be reached/).waitFor();
    await playOffline();
    expect((await listener.hears("Dawn")).src).toMatch(/^\/copies\//);
    await listener.seek(9);
    expect((await listener.hears("Dawn")).seconds).toBeGreaterThanOrEqual(9);
    await listener.page.getByRole("button", { name: "Next" }).click();
    await listener.hears("Dew");
    const cover = "document.querySelector('.bar .cover').naturalWidth";
    expect(await listener.page.evaluate(cover), "the cover is here too").toBeGreaterThan(0);

    await restart();
    await listener.page.goto(`${url}/`, { waitUntil: "domcontentloaded" });
    await playOffline();
    await listener.hears("Dawn");
    await listener.seek(7);
    expect((await listener.hears("Dawn")).seconds).toBeGreaterThanOrEqual(7);
  });

  test("ends with its licence, and no setting of the clock brings it back", async () => {
    const { page } = listener;
    const setClock = (ms: number) =>
      page.evaluate(`navigator.serviceWorker.controller === null`).then(() =>
        listener.meddle(`
        const facts = write.objectStore("facts");
        facts.put(${ms}, "highestSeenMs");
      `),
      );
    const now = Date.now();
    await setClock(now + 11 * dayMs);
    await page.reload();
    await playOffline();
    await page.getByText(/Its licence has ended/).waitFor();
    expect((await listener.sound()).playing).toBe(false);

    await setClock(now + dayMs);
    await page.reload();
    await playOffline();
    await page.getByText(/clock stands earlier than before/).waitFor();
    expect((await listener.sound()).playing).toBe(false);

    await setClock(now);
    await page.reload();
    await playOffline();
    await listener.hears("Dawn");
  });

  test("a chunk that was tampered with is refused, and thrown away", async () => {
    const { page } = listener;
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const before = await listener.kept();
    await listener.meddle(`
      const chunks = write.objectStore("chunks");
      const copies = write.objectStore("copies").getAllKeys();
      copies.onsuccess = () => {
        for (const track of copies.result) {
          const read = chunks.get([track, 0]);
          read.onsuccess = () => { read.result[5000] ^= 1; chunks.put(read.result, [track, 0]); };
        }
      };
    `);
    await page.reload();
    await page
      .getByText(/was damaged and has been thrown away/)
      .first()
      .waitFor();
    expect((await listener.sound()).playing).toBe(false);
    await until(async () => expect((await listener.kept()).copies.length).toBe(before.copies.length - 1));
  });
});
