import type { TrustRoot } from "@cordon/bundle";
import type { Command } from "commander";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";
import { readPublicKeyFiles } from "../key-file.ts";
import { noun } from "../noun.ts";
import { instantOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { asNoDocument, documentBytes, readTrustFile } from "../trust-file.ts";
import {
  keyFilesOption,
  keysOfRole,
  thresholdOfRole,
  thresholdOption,
  trustRoles,
  withoutKeys,
  type TrustRole,
} from "../trust-role-options.ts";
import { writeFileWhole } from "../write-file.ts";

type RotateOptions = { readonly [key in `${"add" | "remove"}${Capitalized}Key`]: readonly string[] } & {
  readonly [key in `${TrustRole}Threshold`]?: number;
} & {
  readonly expires?: number;
  readonly neverExpires?: true;
  readonly out: string;
  readonly json?: true;
};

type Capitalized = Capitalize<TrustRole>;

const example = `
Example:
  # key b was lost, d takes its place
  cordon trust rotate 1 --remove-bundle-key b.pem --add-bundle-key d.pem \\
    --remove-root-key b.pem --add-root-key d.pem --out 2
  cordon trust sign 2 --key a/private.pem && cordon trust sign 2 --key c/private.pem
  cordon trust verify 1 2`;

export function registerTrustRotate(program: Command): void {
  const command = noun(program, "trust")
    .command("rotate")
    .description("the version that follows a trust root, with other keys (not yet signed)")
    .argument("<file>", "the trust root in force");
  for (const role of trustRoles) {
    keyFilesOption(command, `--add-${role}-key`, `public key that signs from now on (repeatable)`);
    keyFilesOption(
      command,
      `--remove-${role}-key`,
      `public key, or its key id, that no longer counts (repeatable)`,
    );
    thresholdOption(command, role);
  }
  command
    .option(
      "--expires <time>",
      "by when it must have been followed (default: as before)",
      instantOption("--expires"),
    )
    .option("--never-expires", "it need not be followed")
    .requiredOption("--out <file>", "the next trust root; a file that is there is never overwritten")
    .option("--json", "print one JSON document")
    .addHelpText("after", example)
    .action(rotate);
}

async function rotate(file: string, options: RotateOptions): Promise<void> {
  const { trustRootDocument } = await import("@cordon/bundle");
  const { root } = await readTrustFile(file);
  await refuseToOverwrite(options.out, "a name that is free: a trust root is never overwritten");
  const [bundle, freshness, rootRole] = await Promise.all([
    rotatedRole(root, "bundle", options),
    rotatedRole(root, "freshness", options),
    rotatedRole(root, "root", options),
  ]);
  const version = root.version + 1;
  const document = asNoDocument(options.out, "keys and thresholds that they can meet", () =>
    trustRootDocument({
      version,
      bundleKeys: bundle.keys,
      bundleThreshold: bundle.threshold,
      freshnessKeys: freshness.keys,
      freshnessThreshold: freshness.threshold,
      rootKeys: rootRole.keys,
      rootThreshold: rootRole.threshold,
      expiresAtMs: options.neverExpires === true ? null : (options.expires ?? root.expiresAtMs),
    }),
  );
  await writeFileWhole(options.out, documentBytes(options.out, document));
  if (options.json) await printJson({ version, out: options.out, signatures: [] });
  else {
    const { rootThreshold } = root;
    await printLines(
      `${options.out}: trust root version ${version}, not signed yet`,
      `it needs ${rootThreshold} of version ${root.version}'s root keys and ${rootRole.threshold} of its own`,
    );
  }
}

async function rotatedRole(
  root: TrustRoot,
  role: TrustRole,
  options: RotateOptions,
): Promise<{ readonly keys: readonly Uint8Array[]; readonly threshold: number }> {
  const capitalized = `${role.charAt(0).toUpperCase()}${role.slice(1)}` as Capitalized;
  const left = await withoutKeys(keysOfRole(root, role), options[`remove${capitalized}Key`], role);
  const keys = [...left, ...(await readPublicKeyFiles(options[`add${capitalized}Key`]))];
  const before = thresholdOfRole(root, role);
  // The first freshness key brings the first threshold with it, the last one takes it away.
  const threshold = options[`${role}Threshold`] ?? (keys.length === 0 ? 0 : Math.max(before, 1));
  return { keys, threshold };
}
