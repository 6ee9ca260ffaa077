import type { LockOut } from "@cordon/enforcement";
import type { Policy } from "@cordon/gate";
import type { Command } from "commander";
import { NoAnswer } from "./cli-error.ts";
import { oneLine } from "./one-line.ts";
import { addTokenOptions, readTokenEvidence, saysAnythingOfTokens, type TokenOptions } from "./token-file.ts";
import type { YamlDocument } from "./yaml-document.ts";

export interface LockOutOptions extends TokenOptions {
  readonly force?: true;
}

/** Adds `--force` and what says how the service's tokens look. */
export function addLockOutOptions(command: Command): Command {
  return addTokenOptions(command).option(
    "--force",
    "build a rule that locks out everybody it is for; it is said on stderr",
  );
}

/**
 * Looks for rules that nobody they are for can ever satisfy. Throws NoAnswer for one that the service's tokens show, or
 * that the policy makes certain while tokens are given; `--force`, and whatever hits only some, is said on stderr.
 */
export async function refuseLockOuts(
  policy: Policy,
  document: YamlDocument,
  options: LockOutOptions,
): Promise<void> {
  // Nothing to look for: not worth the time that loading takes.
  const refuses = policy.rules.some(({ measure }) => measure === "refuse_client");
  if (!refuses && !saysAnythingOfTokens(options)) return;
  const { certainLockOuts, lockOutsByTokens } = await import("@cordon/enforcement");
  const evidence = await readTokenEvidence(options);
  const certain = certainLockOuts(policy);
  const shown = evidence === null ? [] : lockOutsByTokens(policy, evidence.samples, evidence);
  const refused = evidence === null ? undefined : [...shown, ...certain].find(({ everybody }) => everybody);
  if (refused !== undefined && options.force !== true) {
    throw new NoAnswer(`${lineOf(refused, document)}; nothing is written without --force`);
  }
  for (const lockOut of [...shown, ...certain]) {
    process.stderr.write(`${oneLine(lineOf(lockOut, document))}\n`);
  }
}

function lineOf({ index, rule, everybody, text }: LockOut, document: YamlDocument): string {
  const who = everybody ? "locks out everybody it is for" : "locks out some";
  return `${document.file}:${document.lineOf(["rules", index])}: rule \`${rule}\` ${who}: it ${text}`;
}
