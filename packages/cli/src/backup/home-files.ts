import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { archiveHeader, archivePadding } from "./archive.ts";

/**
 * What of HOME a backup of its files leaves out: the database and the journal's files, which come from the database's rows; the keys,
 * which go apart; what belongs to this very home or to a drill.
 */
const leftOut: ReadonlySet<string> = new Set([
  "postgres",
  "postgres.url",
  "journal",
  "keys",
  "operators",
  "server.id",
  "drill",
]);

/** Folders with secrets: they go apart from the rest. */
export const keyFolders = ["keys", "operators"] as const;

/** The files and links below these folders of HOME (null: all that a backup takes), as parts of an archive. */
export async function* homeParts(home: string, folders: readonly string[] | null): AsyncGenerator<Buffer> {
  const tops = folders ?? (await readdir(home)).filter((name) => !leftOut.has(name) && !name.startsWith("."));
  for (const top of [...tops].sort()) yield* parts(home, top);
}

async function* parts(home: string, name: string): AsyncGenerator<Buffer> {
  const file = path.join(home, name);
  const found = await lstat(file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) {
    // A top that was never made; what vanishes below one is told by whoever reads it.
    return;
  }
  if (found.isDirectory()) {
    for (const inner of (await readdir(file)).sort()) yield* parts(home, `${name}/${inner}`);
  } else if (found.isSymbolicLink()) {
    yield archiveHeader({ name: `home/${name}`, bytes: 0, link: await readlink(file), mode: 0o777 });
  } else if (found.isFile()) {
    yield* filePart(file, `home/${name}`, found.size, found.mode & 0o777);
  }
}

async function* filePart(file: string, name: string, bytes: number, mode: number): AsyncGenerator<Buffer> {
  yield archiveHeader({ name, bytes, link: null, mode });
  let read = 0;
  // What is appended meanwhile belongs to the next backup.
  const range = bytes === 0 ? null : createReadStream(file, { end: bytes - 1 });
  for await (const chunk of (range ?? []) as AsyncIterable<Buffer>) {
    read += chunk.length;
    yield chunk;
  }
  if (read < bytes) {
    throw new CliError(
      "ERR_CLI_FILE",
      `${file}: changed during the backup, expected to read it whole; try again`,
    );
  }
  yield archivePadding(bytes);
}
