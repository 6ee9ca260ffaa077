import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { RunningOverture } from "../running-overture.ts";
import { BrowserKit, hasBrowser } from "./browser.ts";
import type { Context } from "./browser.ts";
import { initScript, Listener, startWithSongs, until } from "./listener.ts";

const firstPageBytesMax = 250_000;

describe.runIf(hasBrowser)("the web player", () => {
  let kit: BrowserKit;
  let overture: RunningOverture;
  let context: Context;
  let listener: Listener;
  beforeAll(async () => {
    kit = BrowserKit.unpack();
    overture = await startWithSongs();
    context = await kit.start(kit.newProfile());
    await context.addInitScript(initScript);
    listener = new Listener(await context.newPage(), overture);
    await listener.signIn();
  });
  afterAll(async () => {
    await kit.stop(context);
    await kit.close();
    await overture.stop();
    expect(listener.faults).toEqual([]);
  });

  test("plays, seeks and goes on to the next song, which is ready before its turn", async () => {
    const { page } = listener;
    await listener.playAlbum();
    await listener.hears("Dawn");
    await listener.seek(8);
    expect((await listener.hears("Dawn")).seconds).toBeGreaterThanOrEqual(8);
    await page.getByRole("button", { name: "Next" }).click();
    await listener.hears("Dew");
    const sources = (await page.evaluate(
      "globalThis.decks.map((deck) => deck.getAttribute('src'))",
    )) as string[];
    await until(async () => {
      const ready = await page.evaluate("globalThis.decks.filter((deck) => deck.readyState === 4).length");
      expect(ready, `${sources.join()} are both loaded`).toBe(2);
    });
    const waiting = (await page.evaluate(
      "globalThis.decks.find((deck) => deck.paused).getAttribute('src')",
    )) as string;
    const seconds = (await page.evaluate("globalThis.decks.find((deck) => !deck.paused).duration")) as number;
    await listener.seek(Math.floor(seconds) - 1);
    expect((await listener.hears("Noon")).src, "the deck that had it ready").toBe(waiting);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    expect((await listener.sound()).playing).toBe(false);
  });

  test("is worked by the keyboard alone", async () => {
    const { page } = listener;
    await listener.playAlbum();
    await listener.hears("Dawn");
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("n");
    await listener.hears("Dew");
    await page.keyboard.press(" ");
    await until(async () => expect((await listener.sound()).playing).toBe(false));
    await page.keyboard.press(" ");
    await listener.hears("Dew");
    const before = (await listener.sound()).seconds;
    await page.keyboard.press("ArrowRight");
    await until(async () => expect((await listener.sound()).seconds).toBeGreaterThan(before + 4));
    await page.locator("a.wordmark").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("searchbox").waitFor();
  });

  test("comes back at the same song and second after a crash of the page", async () => {
    await listener.playAlbum();
    await listener.hears("Dawn");
    await listener.seek(9);
    await listener.hears("Dawn");
    await listener.page.getByRole("button", { name: "Pause", exact: true }).click();
    const { seconds } = await listener.sound();
    await listener.page.reload();
    await listener.page.getByRole("button", { name: "Play", exact: true }).first().waitFor();
    await until(async () => {
      const now = await listener.sound();
      expect(now.title).toBe("Dawn");
      expect(Math.abs(now.seconds - seconds)).toBeLessThan(1);
    });
  });

  test("keeps playlists, favourites and what is searched for", async () => {
    const { page } = listener;
    await listener.goTo("#/playlists");
    await page.getByLabel("A new playlist called").fill("<b>Rainy</b> & grey");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "<b>Rainy</b> & grey" }).waitFor();
    await listener.goTo("#/search");
    await page.getByRole("searchbox").fill("rua");
    await page.getByRole("button", { name: /More for Rua/ }).click();
    await page.getByText("Add to a playlist…").click();
    await page.getByRole("button", { name: /Rainy/ }).click();
    await page.getByText(/1 song added to/).waitFor();
    await page.getByRole("button", { name: "Favourite: Rua" }).first().click();
    await listener.goTo("#/favourites");
    await page.getByRole("button", { name: "Play Rua by The Bo Trio" }).waitFor();
  });

  test.each([360, 1280])("its main pages have no axe-core violations and fit into %i px", async (width) => {
    const { page } = listener;
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: width === 360 ? "dark" : "light" });
    for (const hash of [
      "#/",
      "#/albums",
      "#/artists",
      "#/playlists",
      "#/favourites",
      "#/search",
      "#/offline",
      "#/account",
      "#/safety",
      "#/replay",
    ]) {
      await listener.goTo(hash);
      await page.locator("main h1").first().waitFor();
      await until(async () => expect(await page.locator(".waiting").count()).toBe(0));
      // What stands there in the first moment may be the page before.
      await until(async () => {
        const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(wide, `${hash} at ${width} px`).toBeLessThanOrEqual(0);
        expect(await violations(), `${hash} at ${width} px`).toEqual([]);
      });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(`document.querySelector("main").append(document.createElement("button"))`);
    expect(await violations(), "a button without a name").not.toEqual([]);
    await page.reload();
  });

  test("the page of what plays has no axe-core violations either", async () => {
    const { page } = listener;
    await listener.playAlbum();
    await page.getByRole("button", { name: "Show what plays, and the queue" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  async function violations(): Promise<readonly string[]> {
    const found = (await listener.page.evaluate(`(async () => {
      ${axe.source}
      const { violations } = await axe.run(document);
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target));
    })()`)) as string[];
    return found;
  }

  test("its first page is at most 250 kB compressed, with nothing from elsewhere", async () => {
    const { url } = overture.overture;
    const get = async (path: string) => {
      const response = await fetch(`${url}${path}`, { headers: { "accept-encoding": "br" } });
      expect(response.status, path).toBe(200);
      const length = Number(response.headers.get("content-length"));
      return { length, text: await response.text(), response };
    };
    const page = await get("/");
    const policy = page.response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    const paths = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
    expect(paths.filter((path) => !path.startsWith("/"))).toEqual([]);
    let bytes = page.length;
    for (const path of [...new Set(paths), "/assets/gloock.woff2", "/assets/hanken-grotesk.woff2", "/sw.js"])
      bytes += (await get(path)).length;
    expect(bytes).toBeLessThanOrEqual(firstPageBytesMax);
    expect(bytes).toBeGreaterThan(50_000);
    const again = await fetch(`${url}/`, {
      headers: { "accept-encoding": "br", "if-none-match": page.response.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });

  test("no token is in the page, nor where its scripts can read", async () => {
    const readable = (await listener.page.evaluate(
      `JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])`,
    )) as string;
    expect(readable).not.toMatch(/eyJ[A-Za-z0-9_-]{10}|bearer|refresh_token|access_token/i);
  });

  test("signs out here and takes all that it kept with it", async () => {
    const { page } = listener;
    await listener.takeOffline("For later");
    await listener.goTo("#/account");
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await listener.kept()).toEqual({ copies: [], chunks: 0 });
    expect(await page.evaluate("localStorage.getItem('overture.place')")).toBe(null);
  });
});
