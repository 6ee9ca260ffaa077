import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeDemoMusic } from "../../src/music/make-demo-music.ts";
import { BrowserKit, hasBrowser } from "../browser/browser.ts";
import type { Context } from "../browser/browser.ts";
import { initScript, Listener } from "../browser/listener.ts";
import { RunningOverture } from "../running-overture.ts";

/** The pictures in docs/overture: `OVERTURE_PICTURES=docs/overture` writes them there. */
const folder = process.env["OVERTURE_PICTURES"] ?? mkdtempSync(join(tmpdir(), "overture-pictures-"));

describe.runIf(hasBrowser)("pictures of the player", () => {
  let kit: BrowserKit;
  let overture: RunningOverture;
  let context: Context;
  let listener: Listener;
  let version = 0;
  const enforce = (rules: object[]) => overture.enforce({ version: (version += 1), rules });
  const take = async (name: string) => {
    await listener.page.waitForTimeout(900);
    await listener.page.screenshot({ path: join(folder, `${name}.png`) });
  };

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    kit = BrowserKit.unpack();
    const music = mkdtempSync(join(tmpdir(), "overture-demo-music-"));
    process.once("exit", () => rmSync(music, { recursive: true, force: true }));
    await makeDemoMusic(music, () => undefined, new AbortController().signal);
    overture = await RunningOverture.start({ options: { musicFolders: [music] } });
    await overture.overture.library.scan();
    context = await kit.start(kit.newProfile(), { width: 1024, height: 640 });
    await context.addInitScript(initScript);
    listener = new Listener(await context.newPage(), overture);
  }, 120_000);
  afterAll(async () => {
    await kit.stop(context);
    await kit.close();
    await overture.stop();
    expect(listener.faults).toEqual([]);
  });

  test("of all that matters, in light and dark", { timeout: 120_000 }, async () => {
    const { page } = listener;
    await listener.open();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await take("welcome");
    await listener.signIn();
    await page.locator(".poster").waitFor();
    await page.locator(".poster .button").first().click();
    await page.locator(".bar").waitFor();
    await take("home-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await take("home-dark");
    await listener.goTo("#/albums");
    await page.locator(".card").first().waitFor();
    await take("albums-dark");
    await page.locator("main .card").first().click();
    await page.locator("main .front .button").first().click();
    await page.emulateMedia({ colorScheme: "light" });
    await take("album-light");
    await page.getByRole("button", { name: "Show what plays, and the queue" }).click();
    await take("now-playing");
    await page.keyboard.press("Escape");
    await page.evaluate(`(async () => {
      const { albums } = await (await fetch("/api/albums?order=title&limit=2")).json();
      const album = await (await fetch("/api/albums/" + albums[0].id)).json();
      const made = await fetch("/api/playlists", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "On the train", trackIds: album.tracks.map(({ id }) => id) }),
      });
      location.hash = "#/playlist/" + (await made.json()).id;
    })()`);
    await page.getByRole("button", { name: "Take offline" }).click();
    await page.getByRole("button", { name: "Offline", exact: true }).waitFor();
    await listener.goTo("#/offline");
    await page.emulateMedia({ colorScheme: "dark" });
    await take("offline-dark");
    await page.setViewportSize({ width: 390, height: 780 });
    await listener.goTo("#/");
    await page.locator(".poster").waitFor();
    await take("phone-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await listener.goTo("#/albums");
    await page.locator("main .card").first().click();
    await page.locator(".tracks").waitFor();
    await take("phone-light");
    await page.setViewportSize({ width: 1024, height: 640 });
    await enforce([
      { id: "cut", measure: "reauthenticate", cohort: "everyone", cutoff: new Date().toISOString() },
    ]);
    await page
      .getByRole("button", { name: /^Favourite/ })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
    await take("sign-in-again");
    await enforce([
      {
        id: "old-build",
        measure: "upgrade",
        where: { platform: "android" },
        below: "1.1.0",
        required: "2014-06-03T00:00:00Z",
        stores: {
          "google-play": { available: "2014-05-27T10:00:00Z", link: "https://play.example/overture" },
        },
      },
    ]);
    await page.goto(`${overture.overture.url}/?build=android/google-play/1.0.9`);
    await page.getByRole("dialog").waitFor();
    await page.emulateMedia({ colorScheme: "dark" });
    await take("new-version");
    await enforce([
      { id: "trusted", measure: "refuse_client", where: { platform: "android" }, trusted: ["google-play"] },
    ]);
    await page.goto(`${overture.overture.url}/?build=android/cracked-apps/1.1.0`);
    await page.getByRole("dialog").waitFor();
    await page.emulateMedia({ colorScheme: "light" });
    await take("not-ours");
    await enforce([]);
    await page.goto(`${overture.overture.url}/?build=web/website/1.0.0#/replay`);
    await page.locator(".acts").waitFor();
    await take("replay");
  });
});
