import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { floors, packageOf, tidyDependencies, tidyFile, type Finding } from "./tidy.ts";

const root = path.dirname(import.meta.dirname);

const packageFolders = [
  ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`),
  "examples/overture",
  "simulation",
  "bench",
];

function declaredBy(folder: string): { runtime: string[]; tests: string[] } {
  const parsed: unknown = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
  const keys = (field: string): string[] => {
    const value: unknown = Reflect.get(Object(parsed), field);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  };
  return { runtime: keys("dependencies"), tests: keys("devDependencies") };
}

function sourceFiles(): string[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs"],
    { cwd: root },
  );
  return listed
    .toString()
    .split("\n")
    .filter((file) => file !== "" && existsSync(path.join(root, file)));
}

describe("the house is tidy", () => {
  it("stands on its floors: every declared dependency goes down", () => {
    const wrong = packageFolders
      .filter((folder) => folder !== "packages/testkit")
      .flatMap((folder) => tidyDependencies(packageOf(`${folder}/`) ?? folder, declaredBy(folder).runtime));
    expect(wrong).toEqual([]);
  });

  it("has a floor for every package", () => {
    const names = packageFolders
      .map((folder) => packageOf(`${folder}/`) ?? folder)
      .filter((name) => name !== "testkit");
    expect(names.filter((name) => floors[name] === undefined)).toEqual([]);
  });

  it("keeps imports, calls and names in every file", () => {
    const declared = new Map(packageFolders.map((folder) => [folder, new Set(declaredBy(folder).runtime)]));
    const findings = sourceFiles().flatMap((file) => {
      const folder = packageFolders.find((candidate) => file.startsWith(`${candidate}/`));
      if (folder === "packages/testkit") return [];
      const text = readFileSync(path.join(root, file), "utf8");
      return tidyFile({ file, text }, declared.get(folder ?? "") ?? new Set());
    });
    expect(findings.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual([]);
  });
});

describe("each rule can see red", () => {
  const rules = (file: string, text: string, declared: readonly string[] = []): Finding["rule"][] =>
    tidyFile({ file, text }, new Set(declared)).map((finding) => finding.rule);

  it.each([
    ["up", "packages/lake/src/a.ts", `import { x } from "@cordon/server";`, ["@cordon/server"]],
    ["sideways", "packages/evidence/src/a.ts", `import { x } from "@cordon/scope";`, ["@cordon/scope"]],
    [
      "sideways, by export",
      "packages/scope/src/a.ts",
      `export { x } from "@cordon/response";`,
      ["@cordon/response"],
    ],
    ["up, by dynamic import", "packages/notices/src/a.ts", `await import("@cordon/cli");`, ["@cordon/cli"]],
    ["up, by a type", "packages/notices/src/a.ts", `type X = import("@cordon/cli").X;`, ["@cordon/cli"]],
    [
      "to a package for tests",
      "packages/notices/src/a.ts",
      `import { x } from "@cordon/testkit";`,
      ["@cordon/testkit"],
    ],
  ])("floor: %s", (_, file, text, declared) => {
    expect(rules(file, text, declared)).toEqual(["floor"]);
  });

  it("floor: a declared dependency that goes up", () => {
    expect(tidyDependencies("enforcement", ["@cordon/control-plane", "@cordon/gate"])).toHaveLength(1);
    expect(tidyDependencies("gate", ["@cordon/model"])).toHaveLength(1);
  });

  it("a claim may rest on an answer: response imports scope", () => {
    expect(
      rules("packages/response/src/a.ts", `import { x } from "@cordon/scope";`, ["@cordon/scope"]),
    ).toEqual([]);
  });

  it.each([
    [
      "an undeclared dependency",
      "packages/lake/src/a.ts",
      `import { x } from "@cordon/model";`,
      [],
      "undeclared",
    ],
    [
      "a file inside a package",
      "packages/lake/src/a.ts",
      `import { x } from "@cordon/model/src/a.ts";`,
      ["@cordon/model"],
      "deep-import",
    ],
    [
      "a file of another package",
      "packages/lake/src/a.ts",
      `import { x } from "../../model/src/a.ts";`,
      [],
      "deep-import",
    ],
    [
      "any import in the gate",
      "packages/gate/src/a.ts",
      `import { x } from "@cordon/model";`,
      ["@cordon/model"],
      "pure",
    ],
    [
      "even of Node in the bundle",
      "packages/bundle/src/a.ts",
      `import { createHash } from "node:crypto";`,
      [],
      "pure",
    ],
    ["I/O on floor 1", "packages/scope/src/a.ts", `import { readFileSync } from "node:fs";`, [], "pure"],
  ])("imports: %s", (_, file, text, declared, rule) => {
    expect(rules(file, text, declared)).toEqual([rule]);
  });

  it.each([
    "Date.now();",
    "new Date();",
    "performance.now();",
    "Math.random();",
    `console.log("x");`,
    "process.env;",
  ])("calls on floors 0–3: `%s`", (text) => {
    expect(rules("packages/control-plane/src/a.ts", text)).toEqual(["call"]);
    expect(rules("packages/server/src/a.ts", text)).toEqual([]);
  });

  it("randomness on floors 0 and 1", () => {
    expect(rules("packages/transparency/src/a.ts", `import { randomBytes } from "node:crypto";`)).toEqual([
      "call",
    ]);
  });

  it.each([
    ["packages/model/src/dateUtils.ts", ""],
    ["packages/model/src/date-util.ts", ""],
    ["packages/model/src/helpers/date.ts", ""],
    ["packages/notices/src/mail-service.ts", ""],
    ["packages/notices/src/mail.ts", "export class MailManager {}"],
    ["packages/notices/src/mail.ts", "export interface MailService {}"],
  ])("names: `%s` %s", (file, text) => {
    expect(rules(file, text)).toEqual(["name"]);
  });
});
