import { Option, type Command } from "commander";
import type { TrustRoot } from "@cordon/bundle";
import { CliError } from "./cli-error.ts";
import { readPublicKeyFiles } from "./key-file.ts";
import { repeatedOption, wholeNumberOption } from "./options.ts";

/** The roles of a trust root, by the word that options and fields have for them. */
export const trustRoles = ["bundle", "freshness", "root"] as const;
export type TrustRole = (typeof trustRoles)[number];

/** What each role's keys sign. */
export const roleSigns: Readonly<Record<TrustRole, string>> = {
  bundle: "bundles",
  freshness: "freshness stamps",
  root: "this document and the one that follows it",
};

/** The most keys of a role. */
const thresholdMost = 100;

export function keysOfRole(root: TrustRoot, role: TrustRole): readonly Uint8Array[] {
  return root[`${role}Keys`];
}

export function thresholdOfRole(root: TrustRoot, role: TrustRole): number {
  return root[`${role}Threshold`];
}

/** Adds a repeatable option for key files. */
export function keyFilesOption(command: Command, flag: string, description: string): Command {
  return command.addOption(
    new Option(`${flag} <file>`, description).argParser(repeatedOption).default([], "none"),
  );
}

export function thresholdOption(command: Command, role: TrustRole): Command {
  const flag = `--${role}-threshold`;
  return command.option(
    `${flag} <n>`,
    `so many of the ${role} keys must sign`,
    wholeNumberOption(flag, 1, thresholdMost),
  );
}

const keyIdPattern = /^[0-9a-f]{16,64}$/;

/**
 * The keys of a role without those that `removed` names: files of public keys, or key ids (of which 16 digits will do, for a
 * key whose file is lost). Throws a CliError for one that is not among them.
 */
export async function withoutKeys(
  keys: readonly Uint8Array[],
  removed: readonly string[],
  role: TrustRole,
): Promise<readonly Uint8Array[]> {
  const { sha256 } = await import("@cordon/control-plane");
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  let left = keys;
  for (const named of removed) {
    const prefix = keyIdPattern.test(named)
      ? named
      : hex(sha256((await readPublicKeyFiles([named]))[0] ?? new Uint8Array(0)));
    const rest = left.filter((key) => !hex(sha256(key)).startsWith(prefix));
    if (rest.length !== left.length - 1) {
      const found = left.length === rest.length ? "is none" : "are several";
      throw new CliError("ERR_CLI_USAGE", `\`${named}\` ${found} of the ${role} keys, expected one of them`);
    }
    left = rest;
  }
  return left;
}
