import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { hasBrowser, startBrowser } from "./browser.ts";
import type { Page, TestBrowser } from "./browser.ts";
import { startMusicSite } from "./music-site.ts";

const reauthenticate = {
  id: "reauth",
  measure: "reauthenticate",
  cohort: "everyone",
  cutoff: "2014-05-27T12:00:00Z",
};
const redownload = { id: "offline", measure: "redownload", epoch: 2 };
const signedInAgain = Date.parse("2014-05-28T00:00:00Z");

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 10 });

describe.runIf(hasBrowser)("in a real browser,", () => {
  let started: TestBrowser | null = null;
  beforeAll(async () => {
    started = await startBrowser();
  });
  afterAll(() => started?.close());

  async function open(name: string) {
    if (started === null) throw new Error("no browser");
    const service = await startMusicSite();
    const context = await started.browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    onTestFinished(async () => {
      await context.close();
      await service.close();
      expect(faults).toEqual([]);
    });
    const visit = () => page.goto(`${service.url}/${name}`);
    await visit();
    return { service, page, visit };
  }

  test("an OpenFeature application with the OFREP provider gets, caches and refreshes its directives", async () => {
    const { service, page, visit } = await open("provider-page");
    const look = () => page.evaluate("globalThis.look?.()");
    await until(async () => {
      expect(await look()).toMatchObject({
        directives: { directives: [] },
        offlineEpoch: 0,
        status: "READY",
      });
    });
    await until(() => {
      expect(
        service.asked.some(({ ifNoneMatch, status }) => ifNoneMatch !== undefined && status === 304),
      ).toBe(true);
    });

    await service.publish([reauthenticate, redownload]);
    const directives = [
      { measure: "reauthenticate", rule: "reauth", required: true },
      { measure: "redownload", rule: "offline", required: true },
    ];
    await until(async () => {
      expect(await look()).toMatchObject({ directives: { directives }, offlineEpoch: 2, status: "READY" });
    });

    expect(await page.evaluate("fetch('/listen').then((response) => response.status)")).toBe(401);
    await visit();
    await until(async () => {
      expect(await look()).toMatchObject({ directives: { directives }, status: "READY", errors: 0 });
    });

    service.session.authTimeMs = null;
    const before = service.asked.length;
    await until(() => expect(service.asked.length).toBeGreaterThan(before + 3));
    expect(await look(), "a session that is gone is not the provider's end").toMatchObject({
      status: "READY",
      errors: 0,
    });

    service.session.authTimeMs = signedInAgain;
    await until(async () => {
      expect(await look()).toMatchObject({ directives: { directives: directives.slice(1) } });
    });
    expect(new Set(service.asked.map(({ status }) => status))).toEqual(new Set([200, 304]));
  });

  test("an application with @cordon/client is denied, asks, shows what to do, and sees the epoch rise", async () => {
    const { service, page, visit } = await open("client-page");
    const title = (expected: string) => until(async () => expect(await page.title()).toBe(expected));
    const listen = () => page.evaluate("globalThis.listen()");
    await title("nothing to do");
    expect(await listen()).toBe("200 la la la");

    await service.publish([reauthenticate]);
    expect(await listen()).toMatch(/^401 .*"measure":"reauthenticate"/);
    await title("reauthenticate by reauth");
    await visit();
    await title("reauthenticate by reauth");
    expect(service.asked.at(-1)).toMatchObject({ ifNoneMatch: expect.any(String) as string, status: 304 });

    service.session.authTimeMs = signedInAgain;
    expect(await listen()).toBe("200 la la la");
    await ask(page);
    await title("nothing to do");

    expect(await page.evaluate("globalThis.epochs()")).toEqual([]);
    await service.publish([reauthenticate, redownload]);
    await ask(page);
    await title("redownload by offline");
    expect(await page.evaluate("globalThis.epochs()")).toEqual([2]);
  });
});

/** Asks when the last answer is old enough for another question. */
async function ask(page: Page): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
  await page.evaluate("globalThis.ask()");
}
