import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { JournalError } from "../errors.ts";

const idBytes = 16;

/** What HOME/server.id holds: by it the database tells the homes of several servers apart. */
export function isHomeId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

function idFile(home: string): string {
  return path.join(home, "server.id");
}

/** null when HOME has none yet. Throws ERR_JOURNAL_TAMPERED for a file that holds something else. */
export async function readHomeId(home: string): Promise<string | null> {
  let text: string;
  try {
    text = (await readFile(idFile(home), "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  if (isHomeId(text)) return text;
  throw new JournalError("ERR_JOURNAL_TAMPERED", `\`${idFile(home)}\` holds no id, expected 32 hex digits`, {
    hint: "remove it: the next start makes one",
  });
}

/** The id of HOME, made when it has none; processes that make it at once agree on one. */
export async function makeHomeId(home: string, randomBytes: (count: number) => Uint8Array): Promise<string> {
  const known = await readHomeId(home);
  if (known !== null) return known;
  await mkdir(home, { recursive: true });
  const id = Buffer.from(randomBytes(idBytes)).toString("hex");
  const draft = `${idFile(home)}.${id}`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(`${id}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, idFile(home));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readHomeId(home)) ?? id;
}
