import { applyDelta, BundleError } from "@cordon/bundle";
import type { Command } from "commander";
import { maxBytesOption } from "../bundle-file.ts";
import { NoAnswer } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface ApplyOptions {
  readonly out: string;
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleApply(program: Command): void {
  noun(program, "bundle")
    .command("apply")
    .description("the next bundle from the one before and a delta; exit 1 when they don't belong together")
    .argument("<base>", "the bundle that is there")
    .argument("<delta>", "what `bundle delta` wrote")
    .requiredOption("--out <file>", "the next bundle; written whole or not at all, verify it as any other")
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon bundle apply 6.bundle 6-7.delta --out 7.bundle")
    .action(async (base: string, delta: string, options: ApplyOptions) => {
      const { sha256 } = await import("@cordon/control-plane");
      const bundleBytesMax = options.maxBytes;
      const baseBytes = await readInputFile(base, bundleBytesMax, "a bundle");
      const deltaBytes = await readInputFile(delta, bundleBytesMax, "a delta");
      const bytes = applied(delta, () => applyDelta(baseBytes, deltaBytes, { sha256, bundleBytesMax }));
      await writeFileWhole(options.out, bytes);
      const digest = Buffer.from(sha256(bytes)).toString("hex");
      if (options.json) await printJson({ out: options.out, bytes: bytes.length, sha256: digest });
      else await printLines(`${options.out}: ${bytes.length} bytes, sha256 ${digest}, not verified here`);
    });
}

function applied(file: string, apply: () => Uint8Array): Uint8Array {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new NoAnswer(`${file}: refused: ${error.message}`, { cause: error });
  }
}
