import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { endpoints } from "@cordon/contract";
import { CordonClient } from "@cordon/sdk";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Operations that no verb calls, each with who calls it in place of a person at a terminal. */
const withoutVerb: { readonly [operation: string]: string } = {
  health: "a probe of the machine's: whoever runs the server asks it with any HTTP client",
  ready: "a probe of the machine's: whoever runs the server asks it with any HTTP client",
  metrics: "a Prometheus fetches it",
  liveEvents:
    "for pages that stay open; at a terminal `status`, `plan progress` and `incident show` say the same when asked",
  openapi: "for those who write clients; `cordon` itself is made against it",
  statusPage: "for browsers",
  reportProgress: "an enforcement point's own: `gate serve` reports by itself",
  currentBundle: "an enforcement point's own: `gate serve` fetches it",
  bundleFreshness: "an enforcement point's own: `gate serve` fetches it",
  trustRoot: "an enforcement point's own: `gate serve` fetches it",
  bundleEvents: "an enforcement point's own: `gate serve` listens to it",
  journalFile:
    "`journal verify --url` reads these static files as any reader of a log does, without a client",
};

const sources = path.join(import.meta.dirname, "..", "src");

/** Methods that a file calls on anything, by name, and the files beside it that it imports. */
function looksAt(file: string): { readonly calls: ReadonlySet<string>; readonly imports: readonly string[] } {
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const calls = new Set<string>();
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
      calls.add(node.expression.name.text);
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const { text } = node.moduleSpecifier;
      if (text.startsWith(".")) imports.push(path.join(path.dirname(file), text));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { calls, imports };
}

/** What a verb calls, itself or by what it imports. */
function callsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const { calls, imports } = looksAt(file);
  return new Set([...calls, ...imports.flatMap((each) => [...callsOf(each, seen)])]);
}

const verbs = readdirSync(path.join(sources, "commands")).map((name) => ({
  verb: name.replace(".ts", ""),
  calls: callsOf(path.join(sources, "commands", name)),
}));
const verbsOf = (operation: string): readonly string[] =>
  verbs.filter(({ calls }) => calls.has(operation)).map(({ verb }) => verb);

describe("`cordon` has a command for everything the API does", () => {
  test.each(Object.keys(endpoints))("%s: a verb calls it, or it says why none does", (operation) => {
    const reason = withoutVerb[operation];
    if (reason === undefined) expect(verbsOf(operation)).not.toEqual([]);
    else expect(reason).not.toBe("");
  });

  test("an operation that a verb calls is none without a verb, and no reason outlives its operation", () => {
    for (const operation of Object.keys(withoutVerb)) {
      expect(Object.keys(endpoints)).toContain(operation);
      // `health` is a method of the client that no verb calls.
      expect(verbsOf(operation), operation).toEqual([]);
    }
  });

  test("every operation with a verb is a method of the client under its own name", () => {
    const client = new CordonClient({ url: "http://127.0.0.1:1", token: null, newId: () => "x" });
    for (const operation of Object.keys(endpoints).filter((one) => !(one in withoutVerb)))
      expect(operation in client, operation).toBe(true);
  });
});
