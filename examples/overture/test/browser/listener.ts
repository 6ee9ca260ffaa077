import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, vi } from "vitest";

import type { OvertureOptions } from "../../src/index.ts";

import { RunningOverture } from "../running-overture.ts";
import { makeTestMusic } from "../test-music.ts";
import type { Page } from "./browser.ts";

export const until = (check: () => void | Promise<void>, timeout = 60_000) =>
  vi.waitFor(check, { timeout, interval: 50 });

/** What the audio element that sounds says, without asking the player. */
export interface Sound {
  readonly title: string;
  readonly src: string;
  readonly seconds: number;
  readonly playing: boolean;
}

/** Five songs of about twenty seconds: long enough for something to happen in the middle of one. */
export async function startWithSongs(options: Partial<OvertureOptions> = {}): Promise<RunningOverture> {
  const folder = mkdtempSync(join(tmpdir(), "overture-songs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await makeTestMusic(folder, 6);
  const overture = await RunningOverture.start({ options: { musicFolders: [folder], ...options } });
  await overture.overture.library.scan();
  return overture;
}

const rememberDecks = `
  globalThis.decks = [];
  const OwnAudio = globalThis.Audio;
  globalThis.Audio = function () { const deck = new OwnAudio(); globalThis.decks.push(deck); return deck; };
`;

export const initScript = rememberDecks;

/** What a person at the player does and hears. */
export class Listener {
  readonly page: Page;
  readonly overture: RunningOverture;
  readonly faults: string[] = [];

  constructor(page: Page, overture: RunningOverture) {
    this.page = page;
    this.overture = overture;
    page.on("pageerror", (error) => this.faults.push(String(error)));
  }

  async open(hash = ""): Promise<void> {
    await this.page.goto(`${this.overture.overture.url}/${hash}`, { waitUntil: "domcontentloaded" });
  }

  /** Goes to a page of the player without loading it anew. */
  async goTo(hash: string): Promise<void> {
    await this.page.evaluate(`void (location.hash = ${JSON.stringify(hash)})`);
  }

  async typePassword(id = "ada"): Promise<void> {
    await this.page.waitForURL(/\/sign-in\//);
    await this.page.locator('input[name="username"]').fill(`${id}@example.org`);
    await this.page.locator('input[name="password"]').fill(`password of ${id}`);
    await this.page.locator("button").click();
  }

  async signIn(id = "ada"): Promise<void> {
    await this.open();
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.typePassword(id);
    await this.page.locator(".rail").waitFor();
    // The service worker takes the page over once it is active.
    await until(async () => {
      expect(await this.page.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
    });
  }

  async sound(): Promise<Sound> {
    return (await this.page.evaluate(`(() => {
      const deck = globalThis.decks.find((each) => !each.paused && each.readyState > 2) ?? globalThis.decks.toSorted((a, b) => b.currentTime - a.currentTime)[0];
      return {
        title: document.querySelector(".bar-title")?.textContent ?? "",
        src: deck?.getAttribute("src") ?? "",
        seconds: deck?.currentTime ?? 0,
        playing: deck !== undefined && !deck.paused && deck.readyState > 2,
      };
    })()`)) as Sound;
  }

  /** Waits until this song really sounds: its time moves on. */
  async hears(title: string): Promise<Sound> {
    let sound = await this.sound();
    await until(async () => {
      const before = await this.sound();
      await new Promise((resolve) => setTimeout(resolve, 120));
      sound = await this.sound();
      expect(sound).toMatchObject({ title, playing: true });
      expect(sound.seconds).toBeGreaterThan(before.seconds);
    });
    return sound;
  }

  /** Moves the line of the song as a hand on the keyboard or mouse does. */
  async seek(seconds: number): Promise<void> {
    await this.page.evaluate(`(() => {
      const line = document.querySelector(".bar .line");
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(line, "${seconds}");
      line.dispatchEvent(new Event("input", { bubbles: true }));
    })()`);
  }

  async playAlbum(title = "First Light"): Promise<void> {
    await this.goTo("#/albums");
    await this.page.locator(".card").first().waitFor();
    await this.page
      .getByRole("link", { name: new RegExp(title) })
      .first()
      .click();
    await this.page.locator("main .front .button").first().click();
  }

  /** Makes a playlist of an album's songs and takes it offline; resolves when the button says `then`: by itself, that all of it is here. */
  async takeOffline(name = "On the train", then = "Offline", album = "First Light"): Promise<void> {
    await this.page.evaluate(`(async () => {
      const albums = await (await fetch("/api/albums?order=title&limit=9")).json();
      const album = await (await fetch("/api/albums/" + albums.albums.find(({ title }) => title === ${JSON.stringify(album)}).id)).json();
      const made = await fetch("/api/playlists", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: ${JSON.stringify(name)}, trackIds: album.tracks.map(({ id }) => id) }),
      });
      const { id } = await made.json();
      location.hash = "#/playlist/" + id;
    })()`);
    await this.page.getByRole("button", { name: "Take offline" }).click();
    await this.page.getByRole("button", { name: then, exact: true }).waitFor();
  }

  /** What rests in the browser, read past the player. */
  async kept(): Promise<{ readonly copies: { trackId: string; epoch: number }[]; readonly chunks: number }> {
    return (await this.page.evaluate(`new Promise((resolve, reject) => {
      const opening = indexedDB.open("overture-copies");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const read = opening.result.transaction(["copies", "chunks"]);
        const copies = read.objectStore("copies").getAll();
        const chunks = read.objectStore("chunks").count();
        read.oncomplete = () => {
          opening.result.close();
          resolve({ copies: copies.result.map(({ trackId, epoch }) => ({ trackId, epoch })), chunks: chunks.result });
        };
      };
    })`)) as { copies: { trackId: string; epoch: number }[]; chunks: number };
  }

  /** Changes what rests in the browser, as somebody with its developer tools can. */
  async meddle(change: string, stores = ["copies", "chunks", "facts"]): Promise<void> {
    await this.page.evaluate(`new Promise((resolve, reject) => {
      const opening = indexedDB.open("overture-copies");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const write = opening.result.transaction(${JSON.stringify(stores)}, "readwrite");
        write.oncomplete = () => { opening.result.close(); resolve(null); };
        write.onabort = () => reject(write.error);
        ${change}
      };
    })`);
  }
}
