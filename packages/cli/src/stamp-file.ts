import { documentBytesMax, openFreshnessStamp } from "@cordon/bundle";
import { CliError, NoAnswer } from "./cli-error.ts";
import { readInputFile } from "./input-file.ts";
import { readPublicKeyFiles } from "./key-file.ts";
import { asRefused } from "./trust-file.ts";

/** Options that ask for a stamp beside a bundle. */
export interface StampCheck {
  readonly stamp?: string;
  readonly stampKey?: readonly string[];
  readonly now?: number;
}

/** Throws NoAnswer unless the stamp, where one is given, is by one of the keys, of this bundle, and not expired. */
export async function checkStamp(
  options: StampCheck,
  bundle: { readonly version: number; readonly contentSha256: string },
): Promise<void> {
  const { stamp: file, stampKey } = options;
  if (file === undefined && stampKey === undefined) return;
  if (file === undefined || stampKey === undefined) {
    throw new CliError("ERR_CLI_USAGE", "--stamp and --stamp-key belong together, expected both or neither");
  }
  const { sha256, verifyEd25519: verify } = await import("@cordon/control-plane");
  const keys = await readPublicKeyFiles(stampKey);
  const bytes = await readInputFile(file, documentBytesMax, "a freshness stamp");
  const stamp = asRefused(file, () => openFreshnessStamp(bytes, { keys, threshold: 1, sha256, verify }));
  if ((options.now ?? Date.now()) >= stamp.expiresAtMs)
    throw new NoAnswer(`${file}: refused: it has expired`);
  if (stamp.version === bundle.version && stamp.contentSha256 === bundle.contentSha256) return;
  const what =
    stamp.version === bundle.version
      ? `version ${stamp.version} with other contents`
      : `version ${stamp.version}, the bundle is version ${bundle.version}`;
  throw new NoAnswer(`${file}: refused: the newest bundle is ${what}`);
}
