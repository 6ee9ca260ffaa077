import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ReplayStep } from "../../src/api/replay-api.ts";
import { RemoteReplay } from "../../src/replay/remote-replay.ts";
import type { RunningOverture } from "../running-overture.ts";
import { BrowserKit, hasBrowser } from "./browser.ts";
import type { Context } from "./browser.ts";
import { initScript, Listener, startWithSongs, until } from "./listener.ts";

describe.runIf(hasBrowser)("a listener meets the response", () => {
  let kit: BrowserKit;
  let overture: RunningOverture;
  let context: Context;
  let listener: Listener;
  let version = 0;
  const enforce = async (rules: object[]) => {
    version += 1;
    await overture.enforce({ version, rules });
  };
  /** Comes back to the page after a while, which makes the player ask. */
  const lookAgain = () => listener.page.reload();

  /** The demonstration behind "replay": each act is a rule on the account that pressed, and on no other. */
  const inForce = new Map<string, object>();
  const demo = createServer((request, response) => {
    void request.toArray().then(async (chunks) => {
      if (request.headers.authorization !== "Bearer demo") return response.writeHead(401).end();
      const { step, accountId } = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as {
        readonly step: ReplayStep | null;
        readonly accountId: string;
      };
      if (step !== null) {
        if (step === "clear") inForce.clear();
        else inForce.set(step, acts[step]());
        version += 1;
        await overture.enforce({ version, rules: [...inForce.values()] }, { me: [accountId] });
      }
      return response.end(JSON.stringify({ inForce: [...inForce.keys()] }));
    });
  });
  const acts: Readonly<Record<Exclude<ReplayStep, "clear">, () => object>> = {
    reauthenticate: () => ({
      id: "act-1",
      measure: "reauthenticate",
      cohort: "me",
      cutoff: new Date().toISOString(),
    }),
    upgrade: () => ({
      id: "act-2",
      measure: "upgrade",
      cohort: "me",
      where: { platform: "web" },
      below: "1.0.0",
      required: "2014-06-03T00:00:00Z",
      stores: { website: { available: "2014-05-27T10:00:00Z", link: "https://overture.example/" } },
    }),
    redownload: () => ({ id: "act-3", measure: "redownload", cohort: "me", epoch: 7 }),
  };

  beforeAll(async () => {
    kit = BrowserKit.unpack();
    await new Promise<void>((resolve) => demo.listen(0, "127.0.0.1", resolve));
    const { port } = demo.address() as AddressInfo;
    overture = await startWithSongs({
      replay: new RemoteReplay({ url: `http://127.0.0.1:${port}/`, token: "demo" }),
    });
    context = await kit.start(kit.newProfile());
    await context.addInitScript(initScript);
    listener = new Listener(await context.newPage(), overture);
    await listener.signIn();
  });
  afterAll(async () => {
    await kit.stop(context);
    await kit.close();
    demo.closeAllConnections();
    demo.close();
    await overture.stop();
    expect(listener.faults).toEqual([]);
  });

  test("those who need do nothing are shown nothing at all", async () => {
    await enforce([
      { id: "old", measure: "reauthenticate", cohort: "everyone", cutoff: "2014-05-27T12:00:00Z" },
      {
        id: "android",
        measure: "upgrade",
        where: { platform: "android" },
        below: "1.1.0",
        required: "2014-06-03T00:00:00Z",
        stores: {},
      },
    ]);
    const { page } = listener;
    await lookAgain();
    await listener.playAlbum();
    await listener.hears("Dawn");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".banner").count()).toBe(0);
    await listener.goTo("#/safety");
    await page.getByRole("heading", { name: "You were asked, and it is done" }).waitFor();
  });

  test("cut off in the middle of a song, signs in and is back at the same page, song and second", async () => {
    const { page } = listener;
    await listener.playAlbum();
    await page.getByRole("button", { name: "Next" }).click();
    await listener.hears("Dew");
    await listener.seek(6);
    const where = page.url();
    await listener.hears("Dew");
    await enforce([
      { id: "cut", measure: "reauthenticate", cohort: "everyone", cutoff: new Date().toISOString() },
    ]);
    await page.getByRole("button", { name: "Favourite: Dew" }).first().click();
    await page.getByRole("dialog", { name: "Please sign in once more" }).waitFor();
    await page.getByText(/Afterwards you are back at/).waitFor();
    const { seconds } = await listener.sound();
    expect(seconds).toBeGreaterThanOrEqual(6);
    await page.getByRole("button", { name: "Sign in and come back here" }).click();
    const left = performance.now();
    await listener.typePassword();
    await page.locator(".bar-title").waitFor();
    const back = await listener.hears("Dew");
    expect(page.url()).toBe(where);
    expect(back.seconds).toBeGreaterThanOrEqual(seconds - 0.5);
    expect(back.seconds - seconds, "no second of it was missed while away").toBeLessThan(
      Math.max(2.5, (performance.now() - left) / 1000),
    );
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".banner").count()).toBe(0);
  });

  test("whoever puts it off is asked again when there would be no music", async () => {
    const { page } = listener;
    await listener.goTo("#/albums");
    await page.getByRole("link", { name: /Évora/ }).first().click();
    await page.getByRole("button", { name: "Favourite: Évora" }).waitFor();
    await enforce([
      { id: "again", measure: "reauthenticate", cohort: "everyone", cutoff: new Date().toISOString() },
    ]);
    await page.getByRole("button", { name: "Favourite: Évora" }).click();
    const asked = page.getByRole("dialog", { name: "Please sign in once more" });
    await asked.waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Do it now" }).waitFor();
    expect((await listener.sound()).playing, "what is here already plays on").toBe(true);
    await page.locator("main .front .button").first().click();
    await asked.waitFor();
    await page.keyboard.press("Escape");
    expect(await asked.isVisible(), "it is needed now").toBe(true);
    await page.getByRole("button", { name: "Sign in and come back here" }).click();
    await listener.typePassword();
    await listener.hears("Rua");
  });

  test("a new password is asked for where the old one may be known", async () => {
    const { page } = listener;
    await enforce([
      { id: "newpw", measure: "change_password", cohort: "everyone", cutoff: new Date().toISOString() },
    ]);
    await lookAgain();
    await page.getByRole("dialog", { name: "Please choose a new password" }).waitFor();
    await page.getByText(/If you use it elsewhere too/).waitFor();
    await enforce([]);
  });

  test("the epoch rises: copies are wiped, queued again and fetched again by themselves", async () => {
    const { page } = listener;
    await lookAgain();
    await listener.takeOffline();
    expect((await listener.kept()).copies.map(({ epoch }) => epoch)).toEqual([1, 1, 1]);
    const before = await listener.kept();
    await enforce([{ id: "offline", measure: "redownload", epoch: 2 }]);
    await lookAgain();
    await until(async () => {
      const { copies, chunks } = await listener.kept();
      expect(copies.map(({ epoch }) => epoch)).toEqual([2, 2, 2]);
      expect(chunks).toBe(before.chunks);
    });
    expect(await page.getByRole("dialog").count(), "nobody has to press anything").toBe(0);
    await listener.goTo("#/offline");
    await page.getByText("3 songs, all here").waitFor();
  });

  test("copies of an epoch that is over do not play, also before anything else is done", async () => {
    const { page } = listener;
    const {
      copies: [copy],
    } = await listener.kept();
    await listener.meddle(`write.objectStore("facts").put(3, "requiredEpoch");`);
    const answer = await page.evaluate(
      `fetch("/copies/${copy?.trackId ?? ""}").then(async (response) => [response.status, (await response.json()).type])`,
    );
    expect(answer).toEqual([403, "urn:overture:problem:copy-recalled"]);
    await listener.meddle(`write.objectStore("facts").put(2, "requiredEpoch");`);
  });

  test("replays the incident: each act is pressed, met and over", async () => {
    const { page } = listener;
    await enforce([]);
    await listener.playAlbum();
    await listener.hears("Dawn");
    await listener.goTo("#/replay");
    const press = (act: number) => page.locator(".act .button").nth(act).click();
    await press(0);
    await page.getByRole("dialog", { name: "Please sign in once more" }).waitFor();
    await page.getByRole("button", { name: "Sign in and come back here" }).click();
    await listener.typePassword();
    await listener.hears("Dawn");
    expect(page.url()).toMatch(/#\/replay$/);
    await press(2);
    await until(async () =>
      expect((await listener.kept()).copies.map(({ epoch }) => epoch)).toEqual([7, 7, 7]),
    );
    await press(1);
    await page.getByRole("dialog", { name: "This version has to go" }).waitFor();
    await page.getByRole("button", { name: "Load the new version" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.locator(".act.is-on").first().waitFor();
    await press(3);
    await until(async () => expect(await page.locator(".act.is-on").count()).toBe(0));
  });

  test("an old build sees the new version, this store's button, and what comes back", async () => {
    const { page } = listener;
    await enforce([
      {
        id: "old-build",
        measure: "upgrade",
        where: { platform: "android" },
        below: "1.1.0",
        required: "2014-06-03T00:00:00Z",
        stores: {
          "amazon-appstore": { available: "2014-05-27T10:00:00Z", link: "https://amazon.example/overture" },
        },
      },
    ]);
    await page.goto(`${overture.overture.url}/?build=android/amazon-appstore/1.0.9`);
    const asked = page.getByRole("dialog", { name: "This version has to go" });
    await asked.waitFor();
    await page.getByRole("img", { name: /The new Overture/ }).waitFor();
    await page.getByText(/Playlists, favourites and play counts are in your account/).waitFor();
    const button = page.getByRole("link", { name: "Get it from Amazon Appstore" });
    await button.waitFor();
    expect(await page.evaluate("document.querySelector('.asked a.button').href")).toBe(
      "https://amazon.example/overture",
    );
  });

  test("an untrusted build is told where to get the real one", async () => {
    const { page } = listener;
    await enforce([
      {
        id: "trusted",
        measure: "refuse_client",
        where: { platform: "android" },
        trusted: ["google-play", "amazon-appstore"],
      },
    ]);
    await page.goto(`${overture.overture.url}/?build=android/cracked-apps/1.1.0`);
    await page.getByRole("dialog", { name: "This is not an Overture of ours" }).waitFor();
    await page.getByRole("link", { name: "Get Overture from Google Play" }).waitFor();
    await page.getByText(/Don't type your password into it/).waitFor();
  });
});
