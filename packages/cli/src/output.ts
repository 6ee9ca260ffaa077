import { once } from "node:events";

/** Writes to stdout and waits while its reader is behind. */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** Prints the one JSON document of `--json`. */
export async function printJson(value: unknown): Promise<void> {
  await writeOut(`${JSON.stringify(value)}\n`);
}

/** Prints lines for people. */
export async function printLines(...lines: readonly string[]): Promise<void> {
  await writeOut(lines.map((line) => `${line}\n`).join(""));
}
