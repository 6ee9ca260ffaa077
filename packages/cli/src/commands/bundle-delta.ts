import { inspectBundle, makeDelta } from "@cordon/bundle";
import type { Command } from "commander";
import { asNoBundle, maxBytesOption } from "../bundle-file.ts";
import { readInputFile } from "../input-file.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface DeltaOptions {
  readonly out: string;
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleDelta(program: Command): void {
  noun(program, "bundle")
    .command("delta")
    .description("what turns one bundle into the next: small when little has changed")
    .argument("<base>", "the bundle that is there")
    .argument("<next>", "the bundle that is to come")
    .requiredOption("--out <file>", "the delta; written whole or not at all")
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon bundle delta 6.bundle 7.bundle --out 6-7.delta")
    .action(async (base: string, next: string, options: DeltaOptions) => {
      const { sha256 } = await import("@cordon/control-plane");
      const limits = { sha256, bundleBytesMax: options.maxBytes };
      const baseBytes = await readInputFile(base, options.maxBytes, "a bundle");
      const nextBytes = await readInputFile(next, options.maxBytes, "a bundle");
      asNoBundle(base, () => inspectBundle(baseBytes, limits));
      const delta = asNoBundle(next, () => makeDelta(baseBytes, nextBytes, limits));
      await writeFileWhole(options.out, delta);
      if (options.json)
        await printJson({ out: options.out, bytes: delta.length, resultBytes: nextBytes.length });
      else await printLines(`${options.out}: ${delta.length} bytes for a bundle of ${nextBytes.length}`);
    });
}
