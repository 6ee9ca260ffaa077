import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";

/** Writes a file that is there whole or not at all, 0600, also after a crash. */
export async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${name}.${process.pid}.draft`);
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, name));
  const at = await open(folder, "r");
  try {
    await at.sync();
  } finally {
    await at.close();
  }
}
