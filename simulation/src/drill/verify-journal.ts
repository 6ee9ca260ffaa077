import { isJsonObject } from "@cordon/model";
import type { Processes } from "./processes.ts";

const cordon = new URL("../../../packages/cli/bin/cordon.mjs", import.meta.url);

export interface JournalVerdict {
  readonly entries: number;
  readonly verified: boolean;
  /** What failed, in the command's own words; null when nothing did. */
  readonly failure: string | null;
}

/** Runs `cordon journal verify --json` for real and returns what it said. */
export async function verifyJournal(processes: Processes, home: string): Promise<JournalVerdict> {
  const child = processes.startReplaceable({
    name: "journal verify",
    entry: cordon,
    args: ["journal", "verify", "--home", home, "--json"],
  });
  const lines: string[] = [];
  child.onLine((line) => lines.push(line));
  const exit = await child.ended;
  const said = parse(lines.join("\n"));
  if (said === null) return { entries: 0, verified: false, failure: child.failure(exit).message };
  const { entries, verified, failure } = said;
  return {
    entries: typeof entries === "number" ? entries : 0,
    verified: verified === true && exit.code === 0,
    failure: failure === null || failure === undefined ? null : JSON.stringify(failure),
  };
}

function parse(text: string): { readonly [key: string]: unknown } | null {
  const from = text.indexOf("{");
  const to = text.lastIndexOf("}");
  if (from === -1 || to < from) return null;
  try {
    const value: unknown = JSON.parse(text.slice(from, to + 1));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
