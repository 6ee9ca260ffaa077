import {
  BundleError,
  checkTrustRoot,
  checkTrustUpdate,
  isTrustExpired,
  openBundle,
  openFreshnessStamp,
  documentBytesMax,
  type SignedTrustRoot,
  type TrustRoot,
} from "@cordon/bundle";
import type { Command } from "commander";
import { maxBytesOption } from "../bundle-file.ts";
import { NoAnswer } from "../cli-error.ts";
import { readInputFile, TooLarge } from "../input-file.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption, instantText } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { asRefused, readTrustFile } from "../trust-file.ts";
import { keysOfRole, roleSigns, thresholdOfRole, trustRoles } from "../trust-role-options.ts";

interface VerifyOptions {
  readonly bundle?: string;
  readonly stamp?: string;
  readonly now?: number;
  readonly maxBytes: number;
  readonly json?: true;
}

const example = `
Example:
  cordon trust verify 1 2 3 --bundle policy.bundle`;

export function registerTrustVerify(program: Command): void {
  noun(program, "trust")
    .command("verify")
    .description(
      "check trust roots, each followed by the next: exit 0 when an enforcement point would, 1 when not",
    )
    .argument("<files...>", "the pinned root, then every version after it")
    .option("--bundle <file>", "a bundle that the last root must vouch for")
    .option("--stamp <file>", "a freshness stamp that the last root must vouch for")
    .option("--now <time>", "as of this time (default: the clock)", instantOption("--now"))
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", example)
    .action(async (files: readonly string[], options: VerifyOptions) => {
      try {
        const root = await verifyAll(files, options);
        await report(root, options);
      } catch (error) {
        if (options.json && error instanceof NoAnswer) {
          await printJson({ verified: false, failure: oneLine(error.message) });
        }
        throw error;
      }
    });
}

async function verifyAll(files: readonly string[], options: VerifyOptions): Promise<TrustRoot> {
  const { sha256, verifyEd25519: verify } = await import("@cordon/control-plane");
  const crypto = { sha256, verify };
  let last: SignedTrustRoot | null = null;
  for (const file of files) {
    const next = await readTrustFile(file);
    const previous: TrustRoot | null = last === null ? null : last.root;
    asRefused(file, () =>
      previous === null ? checkTrustRoot(next, crypto) : checkTrustUpdate(previous, next, crypto),
    );
    last = next;
  }
  // At least one file: the argument asks for it.
  if (last === null) throw new NoAnswer("no trust root");
  const { root } = last;
  const now = options.now ?? Date.now();
  if (isTrustExpired(root, now)) throw new NoAnswer(`${files.at(-1) ?? ""}: refused: it has expired`);
  await verifyBundle(root, crypto, options);
  await verifyStamp(root, crypto, now, options);
  return root;
}

type Crypto = Parameters<typeof checkTrustRoot>[1];

async function verifyBundle(root: TrustRoot, crypto: Crypto, options: VerifyOptions): Promise<void> {
  const { bundle: file, maxBytes: bundleBytesMax } = options;
  if (file === undefined) return;
  const { bundleKeys: keys, bundleThreshold: threshold } = root;
  try {
    const bytes = await readInputFile(file, bundleBytesMax, "a bundle");
    openBundle(bytes, { keys, threshold, bundleBytesMax, ...crypto }).prepare();
  } catch (error) {
    if (!(error instanceof BundleError || error instanceof TooLarge)) throw error;
    throw new NoAnswer(`${file}: refused: ${error.message}`, { cause: error });
  }
}

async function verifyStamp(
  root: TrustRoot,
  crypto: Crypto,
  now: number,
  options: VerifyOptions,
): Promise<void> {
  const { stamp: file } = options;
  if (file === undefined) return;
  const bytes = await readInputFile(file, documentBytesMax, "a freshness stamp");
  const { freshnessKeys: keys, freshnessThreshold: threshold } = root;
  const stamp = asRefused(file, () => openFreshnessStamp(bytes, { keys, threshold, ...crypto }));
  if (now >= stamp.expiresAtMs) throw new NoAnswer(`${file}: refused: it has expired`);
}

async function report(root: TrustRoot, options: VerifyOptions): Promise<void> {
  const { sha256 } = await import("@cordon/control-plane");
  const idsOf = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(sha256(key)).toString("hex"));
  const expires = instantText(root.expiresAtMs);
  const roles = trustRoles.map((role) => ({
    role,
    threshold: thresholdOfRole(root, role),
    keys: idsOf(keysOfRole(root, role)),
  }));
  if (options.json) {
    const byRole = Object.fromEntries(roles.map(({ role, threshold, keys }) => [role, { threshold, keys }]));
    await printJson({ verified: true, version: root.version, expires, roles: byRole, failure: null });
    return;
  }
  await printLines(
    `trust root version ${root.version}: verified, expires ${expires ?? "never"}`,
    ...roles.map(({ role, threshold, keys }) => `${threshold} of ${keys.length} sign ${roleSigns[role]}`),
  );
}
