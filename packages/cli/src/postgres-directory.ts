import type { PostgresRelation, PostgresSource } from "@cordon/lake";
import { CliError } from "./cli-error.ts";
import { readInputText } from "./input-file.ts";

const urlBytesMax = 4096;
const queryBytesMax = 64 * 1024;

/** Where the database's URL is looked for when no file is named: command lines are seen by everybody on the machine. */
export const directoryUrlSetting = "CORDON_DIRECTORY_DATABASE_URL";

interface PostgresDirectoryOptions {
  /** A table's name, or a file `….sql` with one SELECT. */
  readonly accounts: string;
  readonly installations: string | null;
  /** Null: the setting. */
  readonly urlFile: string | null;
}

/** Throws a CliError for a URL that is missing, and a file that can't be read. */
export async function postgresDirectory(options: PostgresDirectoryOptions): Promise<PostgresSource> {
  const { installations, urlFile } = options;
  return {
    url:
      urlFile === null
        ? urlSetting()
        : (await readInputText(urlFile, urlBytesMax, "a file with the URL")).trim(),
    accounts: await relation(options.accounts),
    installations: installations === null ? null : await relation(installations),
  };
}

function urlSetting(): string {
  const url = process.env[directoryUrlSetting];
  if (url !== undefined && url !== "") return url;
  throw new CliError(
    "ERR_CLI_USAGE",
    `--from postgres without a database, expected ${directoryUrlSetting} or --url-file`,
  );
}

async function relation(given: string): Promise<PostgresRelation> {
  if (!given.endsWith(".sql")) return { table: given };
  return { query: await readInputText(given, queryBytesMax, "a file with one SELECT") };
}
