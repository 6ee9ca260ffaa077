import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDataMap } from "@cordon/evidence";
import { isJsonObject } from "@cordon/model";
import { parseQuestion } from "@cordon/scope";
import { openPopulation, runScope, type Population, type ScopeResult } from "../../src/index.ts";

/** What is asked, as vectors/scope has it. */
export interface Asked {
  readonly map?: unknown;
  readonly question?: unknown;
  readonly population?: unknown;
  readonly directory?: unknown;
  readonly evidence?: unknown;
}

/** Writes the evidence into a folder of its own and runs the question on it. */
export async function askEvidence(
  asked: Asked,
  options: { readonly eventsMax?: number } = {},
): Promise<ScopeResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "cordon-scope-test-"));
  let directory: Population | null = null;
  try {
    const map = parseDataMap(asked.map);
    const question = parseQuestion(asked.question);
    for (const source of map.sources)
      await mkdir(path.join(folder, "evidence", source.name), { recursive: true });
    for (const [name, lines] of Object.entries(isJsonObject(asked.evidence) ? asked.evidence : {})) {
      await mkdir(path.dirname(path.join(folder, "evidence", name)), { recursive: true });
      await writeFile(path.join(folder, "evidence", name), fileText(lines));
    }
    if (Array.isArray(asked.directory)) {
      const file = path.join(folder, "accounts.jsonl");
      await writeFile(file, `${asked.directory.map((row) => JSON.stringify(row)).join("\n")}\n`);
      directory = await openPopulation({ file }, { windowEndUs: question.toUs, decoys: question.decoys });
    }
    return await runScope({
      map,
      question,
      evidenceFolder: path.join(folder, "evidence"),
      population: directory ?? (typeof asked.population === "number" ? asked.population : null),
      workFolder: folder,
      ...options,
    });
  } finally {
    directory?.close();
    await rm(folder, { recursive: true });
  }
}

/** Bytes as they stand; lines joined, the last one without its end. */
function fileText(lines: unknown): string | Uint8Array {
  if (lines instanceof Uint8Array) return lines;
  if (!Array.isArray(lines)) throw new TypeError("a file's lines are a list or bytes");
  return lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
}
