import { createWriteStream } from "node:fs";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { loadDatabase, openJournal } from "@cordon/journal-postgres";
import { isJsonObject } from "@cordon/model";
import { CliError } from "../cli-error.ts";
import { readArchive, type ReadEntry } from "./archive.ts";
import { manifestName, type BackupManifest } from "./backup-parts.ts";

interface RestorePlace {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A row of a table may hold an event of the largest size. */
const pieceBytesMax = 256 << 20;

/** Puts the keys of a backup into HOME. Throws a CliError. */
export async function restoreKeys(
  home: string,
  file: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const entries = readArchive(file, source);
  await readManifest(file, entries, "keys");
  for await (const entry of entries) await restoreFile(home, file, entry);
}

/**
 * Puts a backup into an empty home and an empty database, and brings the journal's files to what the database holds. HOME/keys must
 * be there. Throws a CliError and JournalError.
 */
export async function restoreData(
  place: RestorePlace,
  file: string,
  source: AsyncIterable<Uint8Array>,
): Promise<BackupManifest> {
  const entries = readArchive(file, source);
  const manifest = await readManifest(file, entries, "data");
  const rest: { entry: ReadEntry | null } = { entry: null };
  async function* pieces(): AsyncGenerator<{ schema: string; name: string; lines: string }> {
    for (;;) {
      const next = await entries.next();
      if (next.done === true) return;
      const named = /^database\/\d{8}\/([a-z_]+)\.([a-z_]+)$/.exec(next.value.name);
      if (named === null) {
        rest.entry = next.value;
        return;
      }
      const [, schema = "", name = ""] = named;
      yield { schema, name, lines: (await wholeContent(file, next.value)).toString("utf8") };
    }
  }
  const { migrations } = manifest;
  await loadDatabase({ ...place, migrations, folders: migrationFolders(), pieces: pieces() });
  if (rest.entry !== null) await restoreFile(place.home, file, rest.entry);
  for await (const entry of entries) await restoreFile(place.home, file, entry);
  // Opening it makes the log's files anew from the rows, each checkpoint as it was signed.
  const journal = await openJournal({ ...place, clock: Date.now, stopEmbedded: "when-started" });
  await journal.close();
  return manifest;
}

async function readManifest(
  file: string,
  entries: AsyncGenerator<ReadEntry>,
  kind: BackupManifest["kind"],
): Promise<BackupManifest> {
  const wrong = (what: string): CliError =>
    new CliError("ERR_CLI_FILE", `${file}: ${what}, expected a backup of ${kind}`);
  const first = await entries.next();
  if (first.done === true || first.value.name !== manifestName) throw wrong("is no backup");
  let value: unknown;
  try {
    value = JSON.parse((await wholeContent(file, first.value)).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong("is no backup");
    throw error;
  }
  if (!isJsonObject(value) || value["format"] !== 1) throw wrong("is of a later version");
  if (value["kind"] !== kind) throw wrong("is a backup of something else");
  // This program wrote it.
  return value as unknown as BackupManifest;
}

async function wholeContent(file: string, { bytes, content }: ReadEntry): Promise<Buffer> {
  if (bytes > pieceBytesMax)
    throw new CliError("ERR_CLI_FILE", `${file}: is malformed, expected a whole backup`);
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

async function restoreFile(home: string, file: string, entry: ReadEntry): Promise<void> {
  const { name, link, mode } = entry;
  const segments = name.split("/");
  const isInside =
    segments.length > 1 &&
    segments[0] === "home" &&
    segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
  if (!isInside || (link !== null && (path.isAbsolute(link) || link.split("/").includes("..")))) {
    throw new CliError("ERR_CLI_FILE", `${file}: holds \`${name}\`, expected names inside of the home`);
  }
  const target = path.join(home, ...segments.slice(1));
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  if (link !== null) {
    await symlink(link, target);
    return;
  }
  await pipeline(Readable.from(entry.content), createWriteStream(target, { flags: "wx", mode }));
  await chmod(target, mode);
}

/** Where the migrations of each schema lie: beside the sources of the package that owns it. */
function migrationFolders(): { readonly [schema: string]: string } {
  const beside = (url: string): string => fileURLToPath(new URL("../migrations", url));
  const controlPlane = import.meta.resolve("@cordon/control-plane");
  // The ledger belongs to a package that only the control plane uses.
  const notices = createRequire(controlPlane).resolve("@cordon/notices");
  return {
    journal: beside(import.meta.resolve("@cordon/journal-postgres")),
    control_plane: beside(controlPlane),
    notices: path.join(path.dirname(notices), "../migrations"),
    operators: beside(import.meta.resolve("@cordon/server")),
  };
}
