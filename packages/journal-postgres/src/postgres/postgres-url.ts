import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** How to reach the embedded server. It always listens on 127.0.0.1. */
export interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

export const embeddedUser = "cordon";
export const embeddedDatabase = "postgres";

function postgresUrl({ port, password }: PostgresAddress): string {
  return `postgres://${embeddedUser}:${password}@127.0.0.1:${port}/${embeddedDatabase}`;
}

function urlFile(home: string): string {
  return path.join(home, "postgres.url");
}

/**
 * The password that HOME/postgres.url holds, null when it holds none. The port in it is a hint that a copied home gets
 * wrong, so nobody reads it here.
 */
export async function readPassword(home: string): Promise<string | null> {
  try {
    const url = new URL((await readFile(urlFile(home), "utf8")).trim());
    return url.password === "" ? null : decodeURIComponent(url.password);
  } catch (error) {
    // No file, or no URL in it: the password is set anew.
    if (error instanceof TypeError || (error instanceof Error && "code" in error && error.code === "ENOENT"))
      return null;
    throw error;
  }
}

let written = 0;

/** Writes HOME/postgres.url, for its owner alone, in one step. */
export async function writePostgresUrl(home: string, address: PostgresAddress): Promise<void> {
  // One process may write it several times at once: each has a draft of its own.
  const temporary = `${urlFile(home)}.${process.pid}-${++written}`;
  await writeFile(temporary, `${postgresUrl(address)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, urlFile(home));
}
