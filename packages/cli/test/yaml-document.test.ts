import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { InputError } from "@cordon/model";
import { describe, expect, it } from "vitest";
import { CliError } from "../src/cli-error.ts";
import { parseYamlDocument, readYamlDocument } from "../src/yaml-document.ts";
import { temporaryFolder } from "./command-line.ts";

const text = `# a comment
version: 1.10
rules:
  - { id: a,
      where: &w { platform: android } }
  - id: b
    where: *w
    "quoted key": '007'
`;
const document = parseYamlDocument("f.yaml", text);

describe("a YAML document", () => {
  it("is plain values", () => {
    expect(document.value).toEqual({
      version: 1.1,
      rules: [
        { id: "a", where: { platform: "android" } },
        { id: "b", where: { platform: "android" }, "quoted key": "007" },
      ],
    });
  });

  it("knows the line of every key and element, through aliases", () => {
    expect(document.lineOf([])).toBe(2);
    expect(document.lineOf(["version"])).toBe(2);
    expect(document.lineOf(["rules", 0])).toBe(4);
    expect(document.lineOf(["rules", 0, "where", "platform"])).toBe(5);
    expect(document.lineOf(["rules", 1, "where"])).toBe(7);
    expect(document.lineOf(["rules", 1, "where", "platform"])).toBe(5);
    expect(document.lineOf(["rules", 1, "quoted key"])).toBe(8);
  });

  it("takes the nearest line above for what is not there", () => {
    expect(document.lineOf(["rules", 1, "cutoff"])).toBe(6);
    expect(document.lineOf(["rules", 9, "cutoff"])).toBe(3);
    expect(document.lineOf(["version", "x", "y"])).toBe(2);
    expect(parseYamlDocument("f", "").lineOf(["a"])).toBe(1);
  });

  it("knows a scalar's text as the file has it", () => {
    expect(document.sourceAt(["version"])).toBe("1.10");
    expect(document.sourceAt(["rules", 1, "quoted key"])).toBe("007");
    expect(document.sourceAt(["rules", 1, "where", "platform"])).toBe("android");
    expect(document.sourceAt(["rules"])).toBeNull();
    expect(document.sourceAt(["rules", 5, "id"])).toBeNull();
  });

  it("turns an error at a key path into FILE:LINE: what, expected …", () => {
    const fail = (): never => {
      throw new InputError(["rules", 0, "where"], "`where` is wrong", "another one");
    };
    expect(() => document.check(fail)).toThrow(
      new CliError("ERR_CLI_DOCUMENT", "f.yaml:5: `where` is wrong, expected another one"),
    );
    const bug = new TypeError("not about input");
    expect(() =>
      document.check(() => {
        throw bug;
      }),
    ).toThrow(bug);
  });

  it("reads times and versions as text, whatever they look like", () => {
    const { value } = parseYamlDocument("f", "a: 2014-05-27T12:00:00Z\nb: 1.1.0\nc: no\nd: 0o17\n");
    expect(value).toEqual({ a: "2014-05-27T12:00:00Z", b: "1.1.0", c: "no", d: 15 });
  });
});

describe("what is no such document is wrong input with its line", () => {
  const deep = "[".repeat(100_000);
  const bomb = [
    "a0: &a0 [x]",
    ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
  ];
  it.each([
    ["a syntax error", "a: 1\nb: [1, 2\n", /^f:[23]: .+, expected YAML 1\.2$/],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", /^f:3: .*unique.*, expected YAML 1\.2$/],
    ["a duplicate key within a flow", "a:\n  - { b: 1, b: 2 }\n", /^f:2: /],
    ["a tab as indentation", "a:\n\tb: 1\n", /^f:2: /],
    ["two documents", "a: 1\n---\nb: 1\n", /^f:[23]: /],
    ["an unknown tag", "a: !!python/object x\n", /^f:1: /],
    ["an unknown alias", "a: 1\nb: *nobody\n", /^f:2: /],
    [
      "a key that is a number",
      "a: 1\n7: x\n",
      /^f:2: a key that is no text: `7`, expected a text key \(quote it\)$/,
    ],
    ["a key that is null", "a: 1\n~: x\n", /^f:2: a key that is no text/],
    ["a key that is a list", "a: 1\n[b]: x\n", /^f:2: a key that is no text/],
    ["aliases without end", bomb.join("\n"), /^f:1: .*alias.*, expected at most 100 aliases$/],
    ["brackets without end", deep, /^f:1: /],
    ["braces that close", `a: ${deep}${"]".repeat(100_000)}`, /^f:1: /],
  ])("%s", (_, flawed, line) => {
    let message = "";
    try {
      parseYamlDocument("f", flawed);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      message = error.message;
    }
    expect(message).toMatch(line);
    expect(message).not.toContain("\n");
  });

  it("so is a file that is missing, a folder, no UTF-8 or too large", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "f.yaml");
    mkdirSync(path.join(folder, "d"));
    await expect(readYamlDocument(file)).rejects.toThrow(`${file}: no such file, expected a YAML file`);
    await expect(readYamlDocument(path.join(folder, "d"))).rejects.toThrow(/d: is a folder, expected/);
    writeFileSync(file, Buffer.from("a: 1\nb: \xff\n", "latin1"));
    await expect(readYamlDocument(file)).rejects.toThrow(`${file}:2: is not UTF-8, expected a YAML file`);
    writeFileSync(file, Buffer.alloc(16 * 1024 * 1024 + 1, 0x20));
    await expect(readYamlDocument(file)).rejects.toThrow(/over 16777216 bytes/);
    writeFileSync(file, "\ufeffa: 1\r\nb: 2\r\n");
    expect((await readYamlDocument(file)).value).toEqual({ a: 1, b: 2 });
  });
});
