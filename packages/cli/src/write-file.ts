import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileError } from "./input-file.ts";

/**
 * Writes a file whole or not at all: into a file beside it that is synced and then takes its name. Throws a CliError
 * when the system will not have it; then whatever was there before is untouched.
 */
export async function writeFileWhole(file: string, bytes: Uint8Array): Promise<void> {
  const name = `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`;
  const temporary = path.join(path.dirname(file), name);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(file, error, "a file that can be written");
  }
}
