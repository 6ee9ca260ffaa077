import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeMarkup } from "../message/escape.ts";
import type { PreviewBrowser } from "./browser.ts";
import type { Preview } from "./previews.ts";

/** Phone-wide: where most people read. */
const viewport = { width: 420, height: 800 };

/**
 * Writes `DIR/<locale>/<channel>-<audience>.txt`, `.html` and, with a browser, `.png`, and an `index.html` over all of them.
 * Resolves to how many there are.
 */
export async function writePreviews(
  previews: readonly Preview[],
  folder: string,
  browser: PreviewBrowser | null,
): Promise<{ readonly texts: number; readonly pictures: number }> {
  let pictures = 0;
  const context = browser === null ? null : await browser.browser.newContext({ javaScriptEnabled: false });
  const page = context === null ? null : await context.newPage();
  await page?.setViewportSize(viewport);
  for (const preview of previews) {
    await mkdir(join(folder, preview.locale), { recursive: true });
    const path = join(folder, nameOf(preview));
    await writeFile(`${path}.txt`, preview.text);
    if (preview.html === null) continue;
    await writeFile(`${path}.html`, preview.html);
    if (page === null) continue;
    await page.setContent(preview.html);
    await page.screenshot({ path: `${path}.png`, fullPage: true });
    pictures++;
  }
  await context?.close();
  await writeFile(join(folder, "index.html"), indexPage(previews, browser !== null));
  return { texts: previews.length, pictures };
}

function nameOf({ locale, channel, audience }: Preview): string {
  const safe = (text: string): string => text.replace(/[^A-Za-z0-9.-]+/g, "-");
  return `${safe(locale)}/${safe(channel)}-${safe(audience)}`;
}

function indexPage(previews: readonly Preview[], withPictures: boolean): string {
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
    "<h1>Previews</h1><table><tr><th>audience</th><th>channel</th><th>language</th><th>see</th></tr>",
    ...rows,
    "</table></body></html>\n",
  ].join("\n");
}
