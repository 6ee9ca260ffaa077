import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDrillOptions } from "../src/index.ts";

const entry = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drill-options-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the drill in an empty folder with wrong input. */
function drill(...args: string[]): { code: number | null; lines: string[] } {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", entry, ...args],
    { cwd: folder, encoding: "utf8" },
  );
  return { code: status, lines: stderr.split("\n").filter((line) => line !== "") };
}

function expectOneLine({ code, lines }: ReturnType<typeof drill>, words: RegExp): void {
  expect(code).toBe(2);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(words);
  expect(lines[0]).toMatch(/expected /);
}

describe("wrong input gives one clear line and exit 2", () => {
  it.each([
    ["no number of accounts", ["--accounts", "many"], /--accounts `many`/],
    ["no accounts at all", ["--accounts", "0"], /--accounts `0`/],
    ["a fraction", ["--accounts", "1.5"], /--accounts `1.5`/],
    ["a seed that is none", ["--seed", "-"], /--seed/],
    [
      "an unknown variant",
      ["--variant", "ransom"],
      /--variant `ransom`, expected one of gap, bulk, payment, exposed/,
    ],
    ["a port out of range", ["--port", "70000"], /--port `70000`/],
    ["an unknown option", ["--acounts", "10"], /--acounts/],
    ["an argument too many", ["now"], /now/],
  ])("%s", (_, args, words) => {
    expectOneLine(drill(...args), words);
    expect(existsSync(path.join(folder, ".cordon"))).toBe(false);
  });

  it("a port in use", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
      });
    });
    expectOneLine(drill("--port", String(port)), new RegExp(`port ${port} is in use`));
    server.close();
  });

  it("a home that can't be a folder, and a report that can't be a file", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    expectOneLine(drill("--home", path.join(file, "home")), /--home `.*` \(ENOTDIR\)/);
    expectOneLine(drill("--home", path.join(folder, "home"), "--report", folder), /--report `.*` \(EISDIR\)/);
    expectOneLine(
      drill("--home", path.join(folder, "home"), "--report", path.join(folder, "no", "r.json")),
      /ENOENT/,
    );
  });
});

describe("the drill's options", () => {
  it("have the reference incident as defaults", () => {
    expect(parseDrillOptions([])).toEqual({
      accounts: 40_000,
      seed: 2014,
      variant: null,
      home: path.resolve(".cordon"),
      report: null,
      port: null,
      stay: false,
      json: false,
    });
  });
});
