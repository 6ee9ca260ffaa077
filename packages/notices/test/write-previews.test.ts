import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  locales,
  previews,
  startPreviewBrowser,
  writePreviews,
  type Preview,
  type PreviewBrowser,
} from "../src/index.ts";
import { missingGlyphs } from "../src/preview/missing-glyphs.ts";
import { previewFontFaces } from "../src/preview/preview-fonts.ts";
import { reference } from "./support/example-facts.ts";

const hasBrowser = process.platform === "linux" && process.arch === "x64";
/** No font has it: the code point is not assigned. */
const inNoFont = "\u0379";

const folder = mkdtempSync(join(tmpdir(), "cordon-previews-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

test("every audience has its text in every channel and every language, with an index over all of them", async () => {
  const all = await previews({ facts: reference, edition: 1, affectedPlanned: 1 });
  const out = join(folder, "texts");
  const written = await writePreviews(all, out, null);
  expect(written).toEqual({ texts: all.length, pictures: 0, missingGlyphs: {} });
  const index = readFileSync(join(out, "index.html"), "utf8");
  const files = locales.map((locale) =>
    readdirSync(join(out, locale)).filter((name) => name.endsWith(".txt")),
  );
  const [first = [], ...others] = files;
  expect(first.length).toBe(all.length / locales.length);
  // No language lacks a channel or an audience that another has.
  for (const names of others) expect(names.toSorted()).toEqual(first.toSorted());
  for (const locale of locales) for (const name of first) expect(index).toContain(`${locale}/${name}`);
  for (const { audience, channel } of all) expect(index).toContain(`<td>${audience}</td><td>${channel}</td>`);
});

describe.runIf(hasBrowser)("in a real browser,", () => {
  let browser: PreviewBrowser;
  beforeAll(async () => {
    browser = await startPreviewBrowser(process.env);
  });
  afterAll(() => browser.close());

  test("each page is a picture, in right-to-left and Japanese too", async () => {
    const all = await previews({ facts: reference, edition: 1, affectedPlanned: 1, locales: ["ar", "ja"] });
    const some = all.filter(({ channel }) => channel === "push" || channel === "advisory");
    const out = join(folder, "pictures");
    const { pictures, missingGlyphs: missing } = await writePreviews(some, out, browser);
    expect(pictures).toBe(some.filter(({ html }) => html !== null).length);
    for (const locale of ["ar", "ja"]) {
      const names = readdirSync(join(out, locale)).filter((name) => name.endsWith(".png"));
      expect(names.length).toBe(pictures / 2);
      for (const name of names)
        expect(
          readFileSync(join(out, locale, name))
            .subarray(0, 4)
            .equals(png),
        ).toBe(true);
    }
    // Whether this machine has fonts for Japanese or not: one comes with the packages.
    expect(missing).toEqual({});
    expect(readFileSync(join(out, "index.html"), "utf8")).not.toContain("show boxes");
  });

  test("a picture with characters that no font has says so, and so does the index: the text counts", async () => {
    const one: Preview = {
      audience: "everybody",
      channel: "push",
      locale: "en",
      text: `Overture ${inNoFont}`,
      html: `<!doctype html><html><body><p>Overture ${inNoFont}</p></body></html>`,
    };
    const plain = {
      ...one,
      audience: "affected",
      html: "<!doctype html><html><body><p>Overture</p></body></html>",
    };
    const out = join(folder, "boxes");
    const { missingGlyphs: missing } = await writePreviews([one, plain], out, browser);
    expect(missing).toEqual({ en: 1 });
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain(
      "en: the pictures show boxes for 1 characters that this browser has no font for. The text counts.",
    );
    const bytes = (name: string): number => readFileSync(join(out, "en", name)).length;
    // The warning is in the picture itself, and in none that needs it not.
    expect(bytes("push-everybody.png")).toBeGreaterThan(bytes("push-affected.png"));
    expect(readFileSync(join(out, "en", "push-everybody.html"), "utf8")).toBe(one.html);
  });

  test("a font is taken for East Asian characters only, in the slices that have them", async () => {
    expect(await previewFontFaces(["é", "ع", inNoFont])).toBe("");
    const faces = await previewFontFaces(["読", "み", "ア"]);
    const ranges = [...faces.matchAll(/unicode-range:([^}]*)/g)].map(([, range = ""]) => range);
    expect(ranges.length).toBeGreaterThan(1);
    for (const range of ranges.join(",").split(","))
      expect(Number.parseInt(range.replace(/U\+|.*-/g, ""), 16)).toBeGreaterThanOrEqual(0x2e80);
  });

  test("Latin letters with accents and Polish ones are no boxes; marks without a picture of their own are none either", async () => {
    const context = await browser.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    expect(await missingGlyphs(page, `Łódź é ü ß “ … — \u00a0\u200f\u2066${inNoFont}`)).toEqual([inNoFont]);
    await context.close();
  });
});
