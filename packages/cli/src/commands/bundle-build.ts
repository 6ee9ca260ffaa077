import { Option, type Command } from "commander";
import type { BuiltBundle } from "@cordon/control-plane";
import { everyone, parsePolicy } from "@cordon/gate";
import { maxBytesOption } from "../bundle-file.ts";
import { CliError } from "../cli-error.ts";
import { readCohorts } from "../cohort-file.ts";
import { readPrivateKeyFile } from "../key-file.ts";
import { addLockOutOptions, refuseLockOuts, type LockOutOptions } from "../lock-out.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption, instantText } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";
import { isPlacedError, readYamlDocument, type YamlDocument } from "../yaml-document.ts";

interface BuildOptions extends LockOutOptions {
  readonly directory: string;
  readonly asOf: number;
  readonly key: string;
  readonly out: string;
  readonly expires?: number;
  readonly by: "account" | "ordinal";
  readonly maxBytes: number;
  readonly json?: true;
}

const example = `
Example:
  cordon bundle build policy.yaml --directory accounts.parquet --as-of 2014-05-27T12:00:00Z \\
    --key keys/private.pem --out policy.bundle

With --tokens, a rule that locks everybody it is for into a sign-in loop is refused (exit 1); --force builds it all the same.`;

export function registerBundleBuild(program: Command): void {
  const command = noun(program, "bundle")
    .command("build")
    .description("build a policy and its cohorts into one signed file")
    .argument("<policy>", "the policy, a YAML file")
    .requiredOption("--directory <accounts>", "the accounts: CSV, JSONL or Parquet")
    .requiredOption(
      "--as-of <time>",
      "when the directory was taken from the service",
      instantOption("--as-of"),
    )
    .requiredOption("--key <file>", "private key that signs, PKCS#8 PEM")
    .requiredOption("--out <file>", "the bundle; written whole or not at all")
    .option(
      "--expires <time>",
      "from when the bundle is refused (default: never)",
      instantOption("--expires"),
    )
    .addOption(
      new Option("--by <what>", "what cohorts are looked up by")
        .choices(["account", "ordinal"])
        .default("account"),
    )
    .addOption(maxBytesOption());
  addLockOutOptions(command)
    .option("--json", "print one JSON document")
    .addHelpText("after", example)
    .action(async (policyFile: string, options: BuildOptions) => {
      const built = await build(policyFile, options);
      await writeFileWhole(options.out, built.bytes);
      await report(built, options);
    });
}

async function build(policyFile: string, options: BuildOptions): Promise<BuiltBundle> {
  const document = await readYamlDocument(policyFile);
  const policy = document.check((value) => parsePolicy(value));
  const privateKeyPem = await readPrivateKeyFile(options.key);
  const members = await readCohorts(policy, document);
  await refuseLockOuts(policy, document, options);
  const [{ buildBundle }, { readAccountsInBulk }] = await Promise.all([
    import("@cordon/control-plane"),
    import("@cordon/lake"),
  ]);
  try {
    return await buildBundle({
      policy: document.value,
      members,
      accounts: () => readAccountsInBulk(options.directory),
      asOfMs: options.asOf,
      expiresAtMs: options.expires ?? null,
      by: options.by,
      privateKeyPem,
      bundleBytesMax: options.maxBytes,
    });
  } catch (error) {
    throw placed(error, document, options.directory);
  }
}

/** Errors at a key path are the policy's, those without one the directory's. */
function placed(error: unknown, document: YamlDocument, directory: string): unknown {
  if (!isPlacedError(error)) return error;
  if (error.path.length > 0) return document.errorAt(error.path, error.message, error.expected, error);
  const line = `${directory}: ${error.message}, expected ${error.expected}`;
  return new CliError("ERR_CLI_FILE", line, { cause: error });
}

async function report({ bytes, sha256, version, report }: BuiltBundle, options: BuildOptions): Promise<void> {
  for (const { name, outside } of report.cohorts) {
    if (outside === 0) continue;
    const line = `cohort \`${name}\`: ${outside} of its ids are outside the directory and no members`;
    process.stderr.write(`${oneLine(line)}\n`);
  }
  if (options.json) {
    const cohorts = Object.fromEntries(
      report.cohorts.map(({ name, members, outside }) => [name, { members, outside }]),
    );
    await printJson({
      version,
      expires: instantText(options.expires ?? null),
      out: options.out,
      bytes: bytes.length,
      sha256,
      accounts: report.accounts,
      cohorts,
    });
    return;
  }
  await printLines(
    `${options.out}: version ${version}, ${bytes.length} bytes, sha256 ${sha256}`,
    `${everyone}: ${report.accounts} accounts`,
    ...report.cohorts.map(({ name, members }) => oneLine(`${name}: ${members} members`)),
  );
}
