import { cosigner as cosignerOf, TransparencyError, type Cosigner } from "@cordon/transparency";
import type { Command } from "commander";
import { askedToEnd } from "../asked-to-end.ts";
import { CliError } from "../cli-error.ts";
import { readInputText } from "../input-file.ts";
import { readVerifierKeyFile } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { repeatedOption, wholeNumberOption } from "../options.ts";
import { printJson } from "../output.ts";
import { serveWitness } from "../witness/witness-server.ts";
import { WitnessStateFile } from "../witness/witness-state.ts";

interface ServeOptions {
  readonly dir: string;
  readonly name: string;
  readonly key: string;
  readonly log: readonly string[];
  readonly port: number;
  readonly json?: true;
}

const keyBytesMax = 4096;

export function registerWitnessServe(program: Command): void {
  noun(program, "witness")
    .command("serve")
    .description("a witness: cosigns checkpoints of logs, each only as the continuation of the one before")
    .requiredOption("--dir <dir>", "where it keeps what it has cosigned; never to be set back")
    .requiredOption("--name <name>", "the witness's name in its verifier key, as in witness.example/w1")
    .requiredOption("--key <file>", "its private key (`cordon key generate`), used for nothing else")
    .requiredOption("--log <file>", "a log's verifier key (HOME/journal/key), several times", repeatedOption)
    .option("--port <n>", "port on 127.0.0.1; 0 for a free one", wholeNumberOption("--port", 0, 65_535), 0)
    .option("--json", 'print {"listening":URL,"vkey":VKEY}')
    .addHelpText(
      "after",
      [
        "",
        "Prints its line for the file of `cordon serve --witnesses`: witness NAME VKEY URL.",
        "",
        "Example:",
        "  cordon witness serve --dir w1 --name witness.example/w1 --key w1/private.pem --log .cordon/journal/key",
      ].join("\n"),
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const ending = askedToEnd();
  const logs = await Promise.all(options.log.map(readVerifierKeyFile));
  const cosigner = await readCosigner(options);
  const witness = await serveWitness({
    port: options.port,
    cosigner,
    logs,
    stateFile: new WitnessStateFile(options.dir),
    clock: Date.now,
  });
  const vkey = cosigner.key.line;
  if (options.json === true) await printJson({ listening: witness.url, vkey });
  else process.stdout.write(`witness ${options.name} ${vkey} ${witness.url}\n`);
  await ending;
  await witness.close();
}

async function readCosigner({ name, key: file }: ServeOptions): Promise<Cosigner> {
  const pem = await readInputText(file, keyBytesMax, "an Ed25519 private key (PKCS#8 PEM)");
  try {
    return cosignerOf(name, pem);
  } catch (error) {
    if (!(error instanceof TransparencyError)) throw error;
    throw new CliError("ERR_CLI_FILE", `${file}: ${error.message}`, { cause: error });
  }
}
