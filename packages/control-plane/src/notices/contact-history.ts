import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { InputError, isJsonObject, parseInstant } from "@cordon/model";

/** Beyond it the file is wrong input: whose address changed within a window are few. */
const linesMax = 1_000_000;
/** Addresses of one account that are written to beside the one of the directory: the earliest ones. */
const formerMax = 3;

/**
 * HOME/contact-history.jsonl: `{"account_id","email","replaced_at"}` a line, an address that was an account's until then. Who
 * could read an account could also change its address, so that an address that was replaced since the window began is
 * written to as well as its successor: an intruder's own address is never the only one that is told.
 */
export class ContactHistory {
  readonly #former: ReadonlyMap<string, readonly string[]>;

  private constructor(former: ReadonlyMap<string, readonly string[]>) {
    this.#former = former;
  }

  /** Addresses replaced at or after `sinceMs`. Throws InputError for a line that can't be read; none without the file. */
  static async read(home: string, sinceMs: number): Promise<ContactHistory> {
    const file = join(home, "contact-history.jsonl");
    const changes = new Map<string, { email: string; atMs: number }[]>();
    if (!(await exists(file))) return new ContactHistory(new Map());
    let line = 0;
    for await (const text of createInterface({
      input: createReadStream(file, "utf8"),
      crlfDelay: Infinity,
    })) {
      line++;
      if (text.trim() === "") continue;
      const { accountId, email, atMs } = changeOf(text, line);
      if (atMs < sinceMs) continue;
      const known = changes.get(accountId);
      if (known === undefined) changes.set(accountId, [{ email, atMs }]);
      else known.push({ email, atMs });
    }
    const former = [...changes].map(([accountId, all]) => {
      const emails = all.toSorted((a, b) => a.atMs - b.atMs).map(({ email }) => email);
      return [accountId, [...new Set(emails)].slice(0, formerMax)] as const;
    });
    return new ContactHistory(new Map(former));
  }

  formerEmails(accountId: string): readonly string[] {
    return this.#former.get(accountId) ?? [];
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function changeOf(text: string, line: number): { accountId: string; email: string; atMs: number } {
  if (line > linesMax) throw new InputError([line], "too many lines", `at most ${linesMax}`);
  const fault = (): InputError =>
    new InputError(
      ["contact-history.jsonl", line],
      "a line that can't be read",
      "`account_id`, `email` and `replaced_at`",
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault();
  }
  if (!isJsonObject(value)) throw fault();
  const { account_id: accountId, email, replaced_at: replacedAt } = value;
  const atMs = typeof replacedAt === "string" ? parseInstant(replacedAt) : null;
  if (typeof accountId !== "string" || typeof email !== "string" || atMs === null) throw fault();
  return { accountId, email, atMs };
}
