import { parseClickHouseUrl, type ClickHouseLake } from "@cordon/lake";
import { CliError } from "./cli-error.ts";
import { readInputText } from "./input-file.ts";

const passwordVariable = "CORDON_CLICKHOUSE_PASSWORD";
const passwordFileVariable = "CORDON_CLICKHOUSE_PASSWORD_FILE";
const passwordBytesMax = 4096;

/**
 * A lake in a ClickHouse database, by its address. The password comes from the environment, itself or a file that it names:
 * everybody on the machine can see a command line.
 */
export async function clickHouseLake(address: string): Promise<ClickHouseLake> {
  const target = parseClickHouseUrl(address);
  const password = process.env[passwordVariable];
  const file = process.env[passwordFileVariable];
  if (password !== undefined && file !== undefined) {
    throw new CliError(
      "ERR_CLI_USAGE",
      `${passwordVariable} and ${passwordFileVariable} both give a password, expected one of them`,
    );
  }
  if (file === undefined) return { target, password: password ?? "" };
  const text = await readInputText(file, passwordBytesMax, "a file that holds the password alone");
  return { target, password: text.replace(/\r?\n$/, "") };
}
