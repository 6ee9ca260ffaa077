import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { cordon } from "./command-line.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cordon-duties-"));

function incident(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const aware = `markets: [SE, US-CA]
events:
  - { event: awareness, at: 2026-11-20T16:00:00Z }
facts: { controller: Overture }
`;

test("`duties due` counts down per market, shows every source, and exits 1 once something is overdue", async () => {
  const file = incident("aware.yaml", aware);
  const soon = await cordon(["duties", "due", file, "--now", "2026-11-21T10:00:00Z", "--json"]);
  expect(soon.code).toBe(0);
  const { duties, notLegalAdvice } = JSON.parse(soon.stdout) as {
    duties: { rule: { id: string; source: { title: string } }; leftMs: number | null }[];
    notLegalAdvice: boolean;
  };
  expect(notLegalAdvice).toBe(true);
  expect(duties.find(({ rule }) => rule.id === "eu-gdpr-33")?.leftMs).toBe(54 * 3_600_000);
  for (const { rule } of duties) expect(rule.source.title).not.toBe("");
  const late = await cordon(["duties", "due", file, "--now", "2026-11-24T16:00:00Z"]);
  expect(late.code).toBe(1);
  expect(late.stdout).toContain("eu-gdpr-33  overdue, -1 d 00:00 left");
  expect(late.stdout).toContain("not legal advice");
});

test("`duties list` and `duties draft` show their sources too", async () => {
  const list = await cordon(["duties", "list", "--market", "US-NY"]);
  expect(list.stdout).toContain("conflict (data-set)");
  const draft = await cordon([
    "duties",
    "draft",
    incident("draft.yaml", aware),
    "--now",
    "2026-11-21T10:00:00Z",
  ]);
  expect(draft.stdout).toContain("not legal advice");
  expect(draft.stdout).toContain("33(3)(c)  likely consequences: (missing)");
  expect(draft.stdout).toContain("secondary (reprint)");
});

test("wrong input is one line with its place", async () => {
  const wrong = await cordon([
    "duties",
    "due",
    incident("wrong.yaml", aware.replace("awareness,", "noticing,")),
  ]);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/wrong\.yaml:3: `noticing`, expected one of .*\n$/);
});
