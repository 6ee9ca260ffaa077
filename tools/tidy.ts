import path from "node:path";
import ts from "typescript";

/** What one rule found wrong in one file. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: "floor" | "undeclared" | "deep-import" | "pure" | "call" | "name";
  readonly message: string;
}

/** One file of a package, by its path from the root of the repository. */
interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** Floors of the house: an import only goes down, never sideways, but for the exceptions below. */
export const floors: Readonly<Record<string, number>> = {
  model: 0,
  evidence: 1,
  scope: 1,
  response: 1,
  gate: 1,
  bundle: 1,
  transparency: 1,
  contract: 1,
  lake: 2,
  "journal-postgres": 2,
  notices: 2,
  signals: 2,
  sdk: 2,
  client: 2,
  "control-plane": 3,
  enforcement: 3,
  server: 4,
  cli: 4,
  console: 4,
  overture: 5,
  simulation: 5,
  bench: 5,
};

/**
 * A claim rests on an answer; the drill runs on the example service; the command line starts the server; what measures the real
 * database starts it as tests do.
 */
const sideways: ReadonlySet<string> = new Set([
  "response>scope",
  "simulation>overture",
  "cli>server",
  "bench>testkit",
]);

/** Packages that run in any JavaScript runtime: they import nothing at all. */
const importNothing: ReadonlySet<string> = new Set(["gate", "bundle", "client"]);

/** The parts of Node that compute and do nothing else: all that floors 0 and 1 may import of it. */
const pureNodeModules: ReadonlySet<string> = new Set(["node:crypto", "node:buffer"]);

const bannedWords = ["manager", "helper", "helpers", "util", "utils", "common", "core", "shared"];

/** The package that a file belongs to, or null for a file of no package: `packages/gate/src/a.ts` → `gate`. */
export function packageOf(file: string): string | null {
  const match = /^(?:packages\/([^/]+)|examples\/(overture)|(simulation)|(bench))\//.exec(file);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? match[4] ?? null);
}

function mayImport(from: string, to: string): boolean {
  const fromFloor = floors[from];
  const toFloor = floors[to];
  if (sideways.has(`${from}>${to}`)) return true;
  if (fromFloor === undefined || toFloor === undefined) return false;
  return toFloor < fromFloor;
}

const isTest = (file: string): boolean => /\/test\//.test(file);

/** The dependencies that a package declares must go down as well, also those that no file imports. */
export function tidyDependencies(packageName: string, dependencies: readonly string[]): readonly string[] {
  return dependencies
    .filter((name) => name.startsWith("@cordon/"))
    .map((name) => name.slice("@cordon/".length))
    .filter((to) => importNothing.has(packageName) || !mayImport(packageName, to))
    .map((to) => `\`${packageName}\` declares \`${to}\`, expected a package on a lower floor`);
}

/** All rules over one file. `declared` are the dependencies in the package.json of the file's package. */
export function tidyFile({ file, text }: SourceFile, declared: ReadonlySet<string>): readonly Finding[] {
  const packageName = packageOf(file);
  const findings: Finding[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const report = (node: ts.Node | null, rule: Finding["rule"], message: string): void => {
    const line = node === null ? 1 : source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    findings.push({ file, line, rule, message });
  };

  checkFileName(file, report);
  const visit = (node: ts.Node): void => {
    const specifier = importedModule(node);
    if (specifier !== null && packageName !== null)
      checkImport({ file, packageName, declared, specifier, node, report });
    if (packageName !== null && !isTest(file)) checkCall(packageName, node, report);
    checkExportedName(node, report);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

type Report = (node: ts.Node | null, rule: Finding["rule"], message: string) => void;

function importedModule(node: ts.Node): string | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : null;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const argument = node.arguments[0];
    return argument !== undefined && ts.isStringLiteral(argument) ? argument.text : null;
  }
  if (
    ts.isImportTypeNode(node) &&
    ts.isLiteralTypeNode(node.argument) &&
    ts.isStringLiteral(node.argument.literal)
  ) {
    return node.argument.literal.text;
  }
  return null;
}

function checkImport(given: {
  file: string;
  packageName: string;
  declared: ReadonlySet<string>;
  specifier: string;
  node: ts.Node;
  report: Report;
}): void {
  const { file, packageName, declared, specifier, node, report } = given;
  if (specifier.startsWith(".")) {
    const target = path.posix.join(path.posix.dirname(file), specifier);
    // vectors/ belong to every implementation of a format, so tests may read them from anywhere.
    if (packageOf(target) !== packageName && !(isTest(file) && target.startsWith("vectors/"))) {
      report(node, "deep-import", `imports \`${specifier}\` of another package, expected its name`);
    }
    return;
  }
  if (isTest(file)) return;
  if (importNothing.has(packageName)) {
    report(node, "pure", `\`${packageName}\` imports \`${specifier}\`, expected no import at all`);
    return;
  }
  if (specifier.startsWith("node:")) {
    const floor = floors[packageName];
    if (floor !== undefined && floor <= 1 && !pureNodeModules.has(specifier)) {
      report(node, "pure", `\`${packageName}\` imports \`${specifier}\`, expected no I/O on floors 0 and 1`);
    }
    return;
  }
  const dependency = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (!declared.has(dependency)) {
    report(
      node,
      "undeclared",
      `imports \`${dependency}\`, expected it among the dependencies of \`${packageName}\``,
    );
  }
  if (!dependency.startsWith("@cordon/")) return;
  const to = dependency.slice("@cordon/".length);
  if (specifier !== dependency) {
    report(
      node,
      "deep-import",
      `imports \`${specifier}\`, expected \`${dependency}\` (only what its index exports)`,
    );
  }
  if (!mayImport(packageName, to)) {
    report(node, "floor", `\`${packageName}\` imports \`${to}\`, expected a package on a lower floor`);
  }
}

/** Time, randomness, output and environment come into floors 0–3 as arguments. */
const bannedCalls: Readonly<Record<string, string>> = {
  "Date.now": "the time as an argument",
  "performance.now": "the time as an argument",
  "Math.random": "random bytes as an argument",
  "process.env": "configuration as an argument",
};

function checkCall(packageName: string, node: ts.Node, report: Report): void {
  const floor = floors[packageName];
  if (floor === undefined || floor > 3) return;
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const called = `${node.expression.text}.${node.name.text}`;
    const instead = bannedCalls[called];
    if (instead !== undefined)
      report(node, "call", `uses \`${called}\` on floor ${floor}, expected ${instead}`);
    if (node.expression.text === "console") {
      report(node, "call", `uses \`${called}\` on floor ${floor}, expected a returned value or an error`);
    }
  }
  if (
    ts.isNewExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === "Date" &&
    (node.arguments === undefined || node.arguments.length === 0)
  ) {
    report(node, "call", `uses \`new Date()\` on floor ${floor}, expected the time as an argument`);
  }
  if (floor <= 1 && ts.isIdentifier(node) && ["randomBytes", "randomUUID", "randomInt"].includes(node.text)) {
    report(node, "call", `uses \`${node.text}\` on floor ${floor}, expected random bytes as an argument`);
  }
}

function checkFileName(file: string, report: Report): void {
  const segments = file.split("/");
  const name = segments.at(-1) ?? "";
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|mjs|js)$/.test(name)) {
    report(null, "name", `file \`${name}\` is not in kebab-case`);
  }
  const words = segments.flatMap((segment) => segment.replace(/\..*$/, "").split("-"));
  for (const word of words) {
    if (bannedWords.includes(word))
      report(null, "name", `\`${word}\` in \`${file}\` says nothing, expected a term of the field`);
  }
  if (/-service\.[a-z]+$/.test(name))
    report(null, "name", `file \`${name}\` ends in service, expected a term of the field`);
}

function checkExportedName(node: ts.Node, report: Report): void {
  const isDeclaration =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  if (!isDeclaration || node.name === undefined) return;
  const words = node.name.text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");
  const banned =
    words.find((word) => bannedWords.includes(word)) ??
    (words.length > 1 && words.at(-1) === "service" ? "service" : undefined);
  if (banned !== undefined)
    report(node, "name", `\`${node.name.text}\` says \`${banned}\`, expected a term of the field`);
}
