import type { Command } from "commander";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";
import { readPublicKeyFiles } from "../key-file.ts";
import { noun } from "../noun.ts";
import { instantOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { asNoDocument, documentBytes } from "../trust-file.ts";
import { keyFilesOption, roleSigns, thresholdOption, trustRoles } from "../trust-role-options.ts";
import { writeFileWhole } from "../write-file.ts";

interface InitOptions {
  readonly bundleKey: readonly string[];
  readonly bundleThreshold?: number;
  readonly freshnessKey: readonly string[];
  readonly freshnessThreshold?: number;
  readonly rootKey: readonly string[];
  readonly rootThreshold?: number;
  readonly expires?: number;
  readonly out: string;
  readonly json?: true;
}

const example = `
Example:
  cordon trust init --bundle-key a.pem --bundle-key b.pem --bundle-key c.pem --bundle-threshold 2 \\
    --freshness-key server.pem --root-key a.pem --root-key b.pem --root-key c.pem --root-threshold 2 --out 1
  cordon trust sign 1 --key a/private.pem   # then b, until the root threshold is met`;

export function registerTrustInit(program: Command): void {
  const command = noun(program, "trust")
    .command("init")
    .description(
      "begin a trust root: whose signatures count at enforcement points (version 1, not yet signed)",
    );
  for (const role of trustRoles) {
    const need = role === "freshness" ? "; without it stamps are not used" : "; at least one";
    keyFilesOption(command, `--${role}-key`, `public key that signs ${roleSigns[role]} (repeatable${need})`);
    thresholdOption(command, role);
  }
  command
    .option(
      "--expires <time>",
      "by when it must have been followed (default: never)",
      instantOption("--expires"),
    )
    .requiredOption("--out <file>", "the trust root; a file that is there is never overwritten")
    .option("--json", "print one JSON document")
    .addHelpText("after", example)
    .action(init);
}

async function init(options: InitOptions): Promise<void> {
  const { trustRootDocument } = await import("@cordon/bundle");
  const [bundleKeys, freshnessKeys, rootKeys] = await Promise.all([
    readPublicKeyFiles(options.bundleKey),
    readPublicKeyFiles(options.freshnessKey),
    readPublicKeyFiles(options.rootKey),
  ]);
  await refuseToOverwrite(options.out, "a name that is free: a trust root is never overwritten");
  const document = asNoDocument(options.out, "keys and thresholds that they can meet", () =>
    trustRootDocument({
      version: 1,
      bundleKeys,
      bundleThreshold: options.bundleThreshold ?? 1,
      freshnessKeys,
      freshnessThreshold: options.freshnessThreshold ?? (freshnessKeys.length === 0 ? 0 : 1),
      rootKeys,
      rootThreshold: options.rootThreshold ?? 1,
      expiresAtMs: options.expires ?? null,
    }),
  );
  await writeFileWhole(options.out, documentBytes(options.out, document));
  if (options.json) await printJson({ version: 1, out: options.out, signatures: [] });
  else await printLines(`${options.out}: trust root version 1, not signed yet`);
}
