import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Every font list of messages and pages names it before the browser's own `sans-serif`. */
export const stoodInFor = "Arial";
/** Below it come scripts that the browser of the npm package can draw. */
const firstEastAsian = 0x2e80;

/**
 * `@font-face` rules by which a picture can show these characters: as part of the family that every font list names, and for nothing but
 * East Asian characters. From the npm package `@fontsource-variable/noto-sans-jp`, in slices, as data, so that a page needs no address.
 * "" when none of them is in the package, or it is not installed.
 */
export async function previewFontFaces(characters: readonly string[]): Promise<string> {
  const wanted = characters
    .map((one) => one.codePointAt(0) ?? 0)
    .filter((codePoint) => codePoint >= firstEastAsian);
  if (wanted.length === 0) return "";
  let folder: string;
  try {
    folder = dirname(fileURLToPath(import.meta.resolve("@fontsource-variable/noto-sans-jp/package.json")));
  } catch {
    // As without the browser: pictures say themselves what they can't show.
    return "";
  }
  const slices: unknown = JSON.parse(await readFile(join(folder, "unicode.json"), "utf8"));
  const faces: string[] = [];
  for (const [name, ranges] of Object.entries(slices ?? {})) {
    if (typeof ranges !== "string") continue;
    const reached = ranges
      .split(",")
      .map(rangeOf)
      .filter(({ to }) => to >= firstEastAsian);
    if (!wanted.some((codePoint) => reached.some(({ from, to }) => codePoint >= from && codePoint <= to)))
      continue;
    const file = `noto-sans-jp-${name.replace(/[[\]]/g, "")}-wght-normal.woff2`;
    const bytes = await readFile(join(folder, "files", file));
    faces.push(
      `@font-face{font-family:${stoodInFor};font-weight:100 900;src:url(data:font/woff2;base64,${bytes.toString("base64")});unicode-range:${reached.map(({ text }) => text).join(",")}}`,
    );
  }
  return faces.join("");
}

function rangeOf(text: string): { readonly text: string; readonly from: number; readonly to: number } {
  const [from = "", to = from] = text.replace("U+", "").split("-");
  return { text, from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) };
}
