import {
  BundleError,
  bundleBytesMax,
  openBundle,
  readLayout,
  type Bundle,
  type SignaturePolicy,
} from "@cordon/bundle";
import { GateError, parsePolicy, type Policy } from "@cordon/gate";
import { Option, type Command } from "commander";
import { CliError, NoAnswer } from "./cli-error.ts";
import { readInputFile, TooLarge } from "./input-file.ts";
import { readPublicKeyFiles } from "./key-file.ts";
import { repeatedOption, wholeNumberOption } from "./options.ts";

export interface TrustOptions {
  readonly key: readonly string[];
  readonly threshold: number;
  readonly maxBytes: number;
}

/** Adds `--key`, `--threshold` and `--max-bytes`: whom a command believes, and how much. */
export function addTrustOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--key <file>", "public key, SPKI PEM (repeatable)")
        .argParser(repeatedOption)
        .makeOptionMandatory(),
    )
    .option("--threshold <n>", "so many of the keys must have signed", wholeNumberOption("--threshold", 1), 1)
    .addOption(maxBytesOption());
}

export function maxBytesOption(): Option {
  return new Option("--max-bytes <n>", "size limit of a bundle")
    .argParser(wholeNumberOption("--max-bytes", 1, 2 ** 32 - 1))
    .default(bundleBytesMax);
}

interface TrustedBundle {
  readonly bundle: Bundle;
  readonly policy: Policy;
  /** SHA-256 of what is signed, hex. */
  readonly contentSha256: string;
}

/**
 * Opens a bundle file that the keys vouch for. Throws NoAnswer for any bytes that are no bundle of these keys, a CliError when
 * a file can't be read or a key is none.
 */
export async function openTrustedBundle(file: string, options: TrustOptions): Promise<TrustedBundle> {
  const { sha256, verifyEd25519 } = await import("@cordon/control-plane");
  const keys = await readPublicKeyFiles(options.key);
  const { threshold, maxBytes } = options;
  try {
    const bytes = await readInputFile(file, maxBytes, "a bundle");
    return openTrusted(bytes, { keys, threshold, sha256, verify: verifyEd25519, bundleBytesMax: maxBytes });
  } catch (error) {
    if (error instanceof BundleError || error instanceof GateError || error instanceof TooLarge) {
      throw new NoAnswer(`${file}: refused: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function openTrusted(
  bytes: Uint8Array,
  options: SignaturePolicy & { readonly bundleBytesMax: number },
): TrustedBundle {
  const bundle = openBundle(bytes, options);
  bundle.prepare();
  const content = options.sha256(readLayout(bytes, options.bundleBytesMax).signedPart);
  return {
    bundle,
    policy: parsePolicy(bundle.policy, bundle.sets.keys()),
    contentSha256: Buffer.from(content).toString("hex"),
  };
}

/** Runs a reader of `file`; bytes that are no bundle are wrong input. */
export function asNoBundle<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BundleError || error instanceof GateError)) throw error;
    throw new CliError("ERR_CLI_FILE", `${file}: ${error.message}, expected a bundle`, { cause: error });
  }
}
