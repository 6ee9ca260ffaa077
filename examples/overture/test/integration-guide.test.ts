import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const guide = readFileSync(new URL("docs/integrate.md", root), "utf8");

/** Each snippet of the guide, with the file and region that its comment names. */
const snippets = [...guide.matchAll(/<!-- from (\S+), region ([^>]+?) -->\n\n```ts\n([\s\S]*?)```/g)].map(
  ([, file = "", region = "", code = ""]) => ({ file, region, code }),
);

/** The lines of a region, moved to the left as far as they go together. */
function regionOf(file: string, region: string): string {
  const lines = readFileSync(new URL(file, root), "utf8").split("\n");
  const begin = lines.findIndex((line) => line.trim() === `// #region integrate: ${region}`);
  if (begin < 0) return "";
  const end = lines.findIndex((line, n) => n > begin && line.trim() === "// #endregion");
  const inside = lines.slice(begin + 1, end);
  const indent = Math.min(...inside.filter((line) => line !== "").map((line) => line.search(/\S/)));
  return inside.map((line) => `${line.slice(indent)}\n`).join("");
}

test("the guide's snippets are Overture's own code, word for word", () => {
  expect(snippets.length).toBeGreaterThanOrEqual(8);
  for (const { file, region, code } of snippets)
    expect([region, code]).toEqual([region, regionOf(file, region)]);
});

test("less than 60 lines of change protect a service", () => {
  const lines = snippets.flatMap(({ code }) => code.split("\n").filter((line) => line.trim() !== ""));
  expect(lines.length).toBeLessThan(60);
  expect(guide).toContain(`${lines.length} lines`);
});
