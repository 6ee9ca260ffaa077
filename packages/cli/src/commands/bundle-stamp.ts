import { inspectBundle } from "@cordon/bundle";
import { formatInstant, parseDuration } from "@cordon/model";
import type { Command } from "commander";
import { asNoBundle, maxBytesOption } from "../bundle-file.ts";
import { CliError } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import { readPrivateKeyFile } from "../key-file.ts";
import { noun } from "../noun.ts";
import { instantOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { asNoDocument } from "../trust-file.ts";
import { writeFileWhole } from "../write-file.ts";

interface StampOptions {
  readonly key: string;
  readonly for: number;
  readonly now?: number;
  readonly out: string;
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleStamp(program: Command): void {
  noun(program, "bundle")
    .command("stamp")
    .description(
      "say for a short time that a bundle is the newest: points that hear nothing newer know they are cut off",
    )
    .argument("<file>", "the newest bundle")
    .requiredOption("--key <file>", "private freshness key, PKCS#8 PEM; never one that signs bundles")
    .requiredOption("--for <duration>", "how long it says so: 90s, 10m, 2h", durationOption)
    .requiredOption("--out <file>", "the stamp, `freshness` beside the bundle; written whole or not at all")
    .option("--now <time>", "as of this time (default: the clock)", instantOption("--now"))
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon bundle stamp 7.bundle --key keys/freshness.private.pem --for 10m --out freshness",
    )
    .action(async (file: string, options: StampOptions) => {
      const { signedStamp, stampOf } = await import("@cordon/control-plane");
      const privateKeyPem = await readPrivateKeyFile(options.key);
      const bytes = await readInputFile(file, options.maxBytes, "a bundle");
      const { version } = asNoBundle(file, () => inspectBundle(bytes, { bundleBytesMax: options.maxBytes }));
      const issuedAtMs = options.now ?? Date.now();
      const stamp = stampOf({ version, bytes }, { issuedAtMs, forMs: options.for });
      const written = asNoDocument(file, "a bundle", () => signedStamp(stamp, privateKeyPem));
      await writeFileWhole(options.out, written);
      const expiresAt = formatInstant(stamp.expiresAtMs);
      if (options.json)
        await printJson({ version, contentSha256: stamp.contentSha256, expiresAt, out: options.out });
      else await printLines(`${options.out}: version ${version} is the newest until ${expiresAt}`);
    });
}

function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new CliError("ERR_CLI_USAGE", `--for: \`${text}\`, expected a duration: 90s, 10m, 2h, 1d`);
}
