import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  advisoryFiles,
  languageOf,
  locales,
  startPreviewBrowser,
  type PreviewBrowser,
} from "../src/index.ts";
import { reference } from "./support/example-facts.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const hasBrowser = process.platform === "linux" && process.arch === "x64";

let browser: PreviewBrowser;
beforeAll(async () => {
  if (!hasBrowser) return;
  browser = await startPreviewBrowser(process.env);
});
afterAll(async () => {
  if (!hasBrowser) return;
  await browser.close();
});

const files = new Map(
  advisoryFiles({
    editions: [{ facts: reference, edition: 1, affectedPlanned: 1 }],
    baseUrl: "https://overture.example/security/",
    newVersionPicture: null,
  }).map(({ path, content }) => [path, content]),
);

/** The page as a browser has it, with its style sheet in it: nothing else is fetched. */
function page(locale: string): string {
  const html = files.get(`${locale}/index.html`) ?? "";
  return html.replace(/<link rel="stylesheet"[^>]*>/, `<style>${files.get("style.css") ?? ""}</style>`);
}

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

test.runIf(hasBrowser)("the public page in every language has no violation that axe-core finds", async () => {
  const context = await browser.browser.newContext({ javaScriptEnabled: true });
  const tab = await context.newPage();
  await tab.setViewportSize({ width: 420, height: 800 });
  for (const locale of locales) {
    await tab.setContent(page(locale).replaceAll("<details>", "<details open>"));
    await tab.evaluate(axe);
    const { violations } = (await tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
      violations: readonly Violation[];
    };
    expect([locale, violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])]).toEqual([
      locale,
      [],
    ]);
  }
  // The check does see what is wrong.
  await tab.setContent(
    '<html><body><img src="x"><p style="color:#eee;background:#fff">pale</p></body></html>',
  );
  await tab.evaluate(axe);
  const { violations } = (await tab.evaluate("axe.run(document)")) as { violations: readonly Violation[] };
  expect(violations.map(({ id }) => id)).toEqual(expect.arrayContaining(["image-alt", "color-contrast"]));
  await context.close();
});

test.runIf(hasBrowser)(
  "without JavaScript a reader chooses app and store, and is told what to do",
  async () => {
    const context = await browser.browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();
    await tab.setContent(page("en"));
    const shown = (): Promise<unknown> => tab.evaluate("document.body.innerText");
    const waits = "From Google Play: the update is available at https://play.example/overture";
    expect(await shown()).not.toContain(waits);
    await tab.click("summary:has-text('Android, from Google Play')");
    expect(await shown()).toContain(waits);
    expect(await shown()).not.toContain("the Amazon Appstore: the update is not there yet");
    await tab.click("summary:has-text('Android, from the Amazon Appstore')");
    expect(await shown()).toContain("the Amazon Appstore: the update is not there yet");
    await context.close();
  },
);

test.runIf(hasBrowser)("every language's Atom feed is well-formed XML, as a browser reads it", async () => {
  const context = await browser.browser.newContext({ javaScriptEnabled: true });
  const tab = await context.newPage();
  const isBroken = (xml: string): Promise<unknown> =>
    tab.evaluate(
      `new DOMParser().parseFromString(${JSON.stringify(xml)}, "application/xml").querySelector("parsererror") !== null`,
    );
  for (const locale of locales) {
    expect([locale, await isBroken(files.get(`${locale}/feed.atom`) ?? "")]).toEqual([locale, false]);
  }
  expect(await isBroken("<feed><open></feed>")).toBe(true);
  await context.close();
});

test("every language's page says of each platform what its users do, or that they need do nothing", () => {
  const calm = {
    ...reference,
    measures: reference.measures.filter(({ measure }) => measure !== "reauthenticate"),
  };
  const pages = advisoryFiles({
    editions: [{ facts: calm, edition: 1, affectedPlanned: 1 }],
    baseUrl: "https://overture.example/security/",
    newVersionPicture: null,
  });
  for (const locale of locales) {
    const html = pages.find(({ path }) => path === `${locale}/index.html`)?.content ?? "";
    // Android from four places; iOS, Windows Phone, desktop and web.
    expect(html.split("<details>")).toHaveLength(1 + 4 + 4);
    expect(html.split(languageOf(locale).label("pageNothing"))).toHaveLength(1 + 4);
    expect(html).toContain(`<html lang="${locale}" dir="${languageOf(locale).direction}">`);
  }
});

test("the pages are small and fetch nothing but their style sheet", () => {
  for (const [path, content] of files) {
    expect([path, Buffer.byteLength(content) < 32_768]).toEqual([path, true]);
    if (!path.endsWith(".html")) continue;
    expect(content).not.toMatch(/<(script|img|iframe|object|embed|video|audio)\b|@import|url\(/i);
    expect(content.match(/<link rel="stylesheet"[^>]*>/g)).toHaveLength(1);
  }
});
