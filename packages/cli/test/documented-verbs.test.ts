import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { verbs } from "../src/verbs.ts";

const root = resolve(import.meta.dirname, "../../..");

/** `noun` or `noun verb`, of everything that is registered. */
async function known(): Promise<ReadonlySet<string>> {
  const program = new Command();
  for (const { load } of verbs) (await load())(program);
  const names = program.commands.flatMap((noun) => {
    const under = noun.commands.map((verb) => `${noun.name()} ${verb.name()}`);
    return under.length === 0 ? [noun.name()] : under;
  });
  return new Set([...names, ...program.commands.map((noun) => noun.name())]);
}

/** What stands in code, in a line or in a block of its own: prose may speak of a Cordon bundle. */
function commandsIn(text: string): readonly (readonly [noun: string, verb: string | undefined])[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|console)?\n([^]*?)^ *```/gm)].map(
    ([, code = ""]) => code,
  );
  const spans = [...text.replace(/^ *```[^]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  return [...blocks, ...spans].flatMap((code) =>
    [
      ...code.matchAll(
        /(?:^|[|&;$(]|npx|\b(?=cordon))[ \t]*cordon ([a-z][a-z-]*)(?: ([a-z][a-z-]*)(?![\w./-]))?/gm,
      ),
    ].map(([, noun = "", verb]) => [noun, verb] as const),
  );
}

/** What a signature begins with, so that it counts for one kind of thing only. */
const signingContexts = new Set(["bundle signature", "trust root", "freshness signature"]);

const pages = ["README.md", "bench/README.md", ...globSync("docs/**/*.md", { cwd: root })];

test("every command that the documents name is there", async () => {
  const names = await known();
  const hasVerbs = (noun: string) => [...names].some((name) => name.startsWith(`${noun} `));
  let found = 0;
  const missing = pages.flatMap((page) =>
    commandsIn(readFileSync(resolve(root, page), "utf8")).flatMap(([noun, verb]) => {
      found += 1;
      const isThere =
        names.has(noun) && (verb === undefined || !hasVerbs(noun) || names.has(`${noun} ${verb}`));
      // `cordon scope` is a command and has `explain` below it: what follows may be an option's value.
      return isThere || noun === "scope" || signingContexts.has(`${noun} ${verb ?? ""}`)
        ? []
        : [`${page}: cordon ${noun} ${verb ?? ""}`];
    }),
  );
  expect(found).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test("a command that is not there is found", () => {
  expect(commandsIn("run `cordon plan aprove P` or\n```sh\ncordon dril --json\n```\n")).toEqual([
    ["dril", undefined],
    ["plan", "aprove"],
  ]);
});
