import type { Witness } from "@cordon/journal-postgres";
import { parseWitnessKey, TransparencyError } from "@cordon/transparency";
import { CliError } from "../cli-error.ts";
import { readInputText } from "../input-file.ts";

const fileBytesMax = 64 * 1024;
const witnessesMax = 64;

/**
 * The witnesses of a file: lines `witness NAME VKEY URL` as in C2SP tlog-policy; empty lines and those that begin with `#` are
 * skipped. Throws a CliError with file and line.
 */
export async function readWitnesses(file: string): Promise<readonly Witness[]> {
  const text = await readInputText(file, fileBytesMax, "lines `witness NAME VKEY URL`");
  const witnesses: Witness[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const wrong = (what: string, expected: string): CliError =>
      new CliError("ERR_CLI_FILE", `${file}:${index + 1}: ${what}, expected ${expected}`);
    const [word, , vkey, url, ...rest] = line.trim().split(/\s+/);
    if (word !== "witness" || vkey === undefined || url === undefined || rest.length > 0)
      throw wrong("no witness", "`witness NAME VKEY URL`");
    const { protocol } = URL.parse(url) ?? {};
    if (protocol !== "https:" && protocol !== "http:") throw wrong(`\`${url}\``, "an http(s) URL");
    try {
      witnesses.push({ url, key: parseWitnessKey(vkey) });
    } catch (error) {
      if (!(error instanceof TransparencyError)) throw error;
      throw wrong(error.message, "the witness's verifier key (`name+keyid+base64`)");
    }
    if (witnesses.length > witnessesMax) throw wrong("too many witnesses", `at most ${witnessesMax}`);
  });
  const names = witnesses.map(({ key }) => key.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new CliError("ERR_CLI_FILE", `${file}: \`${twice}\` stands twice, expected each witness once`);
  return witnesses;
}
