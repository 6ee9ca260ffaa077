import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeMarkup } from "../message/escape.ts";
import type { PreviewBrowser, PreviewContext } from "./browser.ts";
import { missingGlyphs } from "./missing-glyphs.ts";
import { previewFontFaces } from "./preview-fonts.ts";
import type { Preview } from "./previews.ts";

/** Runs in the page: lays it out once its fonts are there. */
const show =
  'document.documentElement.style.display = ""; document.documentElement.getBoundingClientRect().height';

/** Phone-wide: where most people read. */
const viewport = { width: 420, height: 800 };

/**
 * Writes `DIR/<locale>/<channel>-<audience>.txt`, `.html` and, with a browser, `.png`, and an `index.html` over all of them.
 * Where the browser has no font for East Asian characters, the picture takes one from an npm package. A picture with characters that there is no font for says so at its head, and so does the index: the text counts.
 * Resolves to how many there are, and which languages have such pictures.
 */
export async function writePreviews(
  previews: readonly Preview[],
  folder: string,
  browser: PreviewBrowser | null,
): Promise<{
  readonly texts: number;
  readonly pictures: number;
  /** By language: how many different characters are boxes in its pictures. */
  readonly missingGlyphs: Readonly<Record<string, number>>;
}> {
  let pictures = 0;
  const missing = new Map<string, Set<string>>();
  const context = browser === null ? null : await browser.browser.newContext({ javaScriptEnabled: false });
  for (const preview of previews) {
    await mkdir(join(folder, preview.locale), { recursive: true });
    const path = join(folder, nameOf(preview));
    await writeFile(`${path}.txt`, preview.text);
    if (preview.html === null) continue;
    await writeFile(`${path}.html`, preview.html);
    if (context === null) continue;
    const boxes = await takePicture(context, preview.html, `${path}.png`);
    if (boxes.length > 0) {
      const known = missing.get(preview.locale) ?? new Set();
      missing.set(preview.locale, new Set([...known, ...boxes]));
    }
    pictures++;
  }
  await context?.close();
  await writeFile(join(folder, "index.html"), indexPage(previews, browser !== null, missing));
  const counts = Object.fromEntries([...missing].map(([locale, characters]) => [locale, characters.size]));
  return { texts: previews.length, pictures, missingGlyphs: counts };
}

/** Resolves to the characters that are boxes in the picture all the same. */
async function takePicture(context: PreviewContext, html: string, path: string): Promise<readonly string[]> {
  let page = await context.newPage();
  await page.setViewportSize(viewport);
  await page.setContent(html);
  let boxes = await missingGlyphs(page, html);
  const faces = await previewFontFaces(boxes);
  if (faces !== "") {
    // A page keeps short words as it has drawn them once: a new one, that draws nothing before its fonts are there.
    await page.close();
    page = await context.newPage();
    await page.setViewportSize(viewport);
    const shown = html
      .replace("<html", '<html style="display:none"')
      .replace("</head>", `<style>${faces}</style></head>`);
    await page.setContent(shown);
    boxes = await missingGlyphs(page, html);
    await page.evaluate(show);
  }
  if (boxes.length > 0) {
    await page.setContent(html.replace(/<body[^>]*>/, (body) => `${body}${warning(boxes.length)}`));
  }
  await page.screenshot({ path, fullPage: true });
  await page.close();
  return boxes;
}

function warning(characters: number): string {
  return `<p style="margin:0;padding:8px;border:3px solid #b00020;background:#fff;color:#b00020;font:16px sans-serif" dir="ltr" lang="en"><strong>Not what people will see.</strong> This browser has no font for ${characters} characters and shows boxes for them. The text preview counts.</p>`;
}

function nameOf({ locale, channel, audience }: Preview): string {
  const safe = (text: string): string => text.replace(/[^A-Za-z0-9.-]+/g, "-");
  return `${safe(locale)}/${safe(channel)}-${safe(audience)}`;
}

function indexPage(
  previews: readonly Preview[],
  withPictures: boolean,
  missing: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const faults = [...missing].map(
    ([locale, characters]) =>
      `<p><strong>${escapeMarkup(locale)}: the pictures show boxes for ${characters.size} characters that this browser has no font for. The text counts.</strong></p>`,
  );
  const rows = previews.map((preview) => {
    const name = escapeMarkup(nameOf(preview));
    const links = [`<a href="${name}.txt">text</a>`];
    if (preview.html !== null) links.push(`<a href="${name}.html">page</a>`);
    if (preview.html !== null && withPictures) links.push(`<a href="${name}.png">picture</a>`);
    const cells = [preview.audience, preview.channel, preview.locale].map(escapeMarkup);
    return `<tr><td>${cells.join("</td><td>")}</td><td>${links.join(" ")}</td></tr>`;
  });
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Previews</title></head><body>',
    "<h1>Previews</h1>",
    ...faults,
    "<table><tr><th>audience</th><th>channel</th><th>language</th><th>see</th></tr>",
    ...rows,
    "</table></body></html>\n",
  ].join("\n");
}
