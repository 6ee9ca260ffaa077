import type { PreviewPage } from "./browser.ts";
import { stoodInFor } from "./preview-fonts.ts";

/** Characters that no font has: unassigned, private, and noncharacters. A browser draws them all as the same box. */
const inNoFont = ["\u0378", "\u2fe0", "\ue000", "\uffff"];

/** Runs in the page: which of the characters are drawn as one that no font has is. */
const drawnAsBox = `(async (characters, inNoFont) => {
  const font = "24px ${stoodInFor}, sans-serif";
  await document.fonts.load(font, characters.join(""));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 48;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const drawn = (text) => {
    context.clearRect(0, 0, 48, 48);
    context.font = font;
    context.fillText(text, 8, 32);
    return context.getImageData(0, 0, 48, 48).data.join();
  };
  const blank = drawn(" ");
  const boxes = new Set(inNoFont.map(drawn).filter((one) => one !== blank));
  return characters.filter((one) => boxes.has(drawn(one)));
})`;

/**
 * The characters of a text that the browser has no font for, so that a picture shows boxes in their place; each once. The browser
 * of the npm package brings no font for Chinese, Japanese and Korean, and takes what the page and the system have.
 */
export async function missingGlyphs(page: PreviewPage, text: string): Promise<readonly string[]> {
  const characters = [...new Set(text)].filter((one) => one > "\u007f");
  const found = await page.evaluate(
    `${drawnAsBox}(${JSON.stringify(characters)}, ${JSON.stringify(inNoFont)})`,
  );
  return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
}
