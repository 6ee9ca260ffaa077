import { entropyBitsPerMember, inspectBundle, type Bundle, type ListedCohort } from "@cordon/bundle";
import { parsePolicy, type Policy } from "@cordon/gate";
import type { Command } from "commander";
import { asNoBundle, maxBytesOption } from "../bundle-file.ts";
import { readInputFile } from "../input-file.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantText } from "../options.ts";
import { printJson, printLines } from "../output.ts";

interface InspectOptions {
  readonly maxBytes: number;
  readonly json?: true;
}

export function registerBundleInspect(program: Command): void {
  noun(program, "bundle")
    .command("inspect")
    .description("show what a bundle says, without checking who signed it")
    .argument("<file>", "the bundle")
    .addOption(maxBytesOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  cordon bundle inspect policy.bundle --json")
    .action(async (file: string, options: InspectOptions) => {
      const bytes = await readInputFile(file, options.maxBytes, "a bundle");
      const { bundle, policy } = asNoBundle(file, () => {
        const opened = inspectBundle(bytes, { bundleBytesMax: options.maxBytes });
        opened.prepare();
        return { bundle: opened, policy: parsePolicy(opened.policy, opened.sets.keys()) };
      });
      const inspection = inspect(bundle, policy, bytes.length);
      if (options.json) await printJson(inspection);
      else await printLines(...linesOf(file, inspection));
    });
}

interface Inspection {
  readonly version: number;
  readonly expires: string | null;
  readonly asOf: string | null;
  readonly by: string;
  readonly accounts: number;
  readonly bytes: number;
  readonly rules: readonly { readonly id: string; readonly measure: string; readonly cohort?: string }[];
  readonly cohorts: Readonly<Record<string, CohortInspection>>;
  readonly signatures: readonly string[];
}

interface CohortInspection {
  readonly members: number;
  readonly bytes: number;
  readonly bitsPerMember: number;
  readonly entropyBitsPerMember: number;
  /** What its two sections take of `bytes`, and how they are coded. */
  readonly accountBytes: number;
  readonly accountKind: string;
  readonly ordinalBytes: number;
  readonly ordinalKind: string;
}

function inspect(bundle: Bundle, policy: Policy, bytes: number): Inspection {
  return {
    version: bundle.version,
    expires: instantText(bundle.expiresAtMs),
    asOf: instantText(bundle.asOfMs),
    by: bundle.by,
    accounts: bundle.accounts,
    bytes,
    rules: policy.rules.map(({ id, measure, cohort }) => ({
      id,
      measure,
      ...(cohort === null ? {} : { cohort }),
    })),
    cohorts: Object.fromEntries(
      [...bundle.sets].map(([name, set]) => [name, inspectCohort(set, bundle.accounts)]),
    ),
    signatures: bundle.signedBy,
  };
}

/** An empty cohort has no members to share its bytes: 0 for both. */
function inspectCohort(cohort: ListedCohort, accounts: number): CohortInspection {
  const { members, bytes, accountBytes, accountKind, ordinalBytes, ordinalKind } = cohort;
  return {
    members,
    bytes,
    bitsPerMember: members === 0 ? 0 : (bytes * 8) / members,
    entropyBitsPerMember: entropyBitsPerMember(accounts, members),
    accountBytes,
    accountKind,
    ordinalBytes,
    ordinalKind,
  };
}

function linesOf(file: string, inspection: Inspection): readonly string[] {
  return [
    `${file}: version ${inspection.version}, expires ${inspection.expires ?? "never"}, not verified here`,
    `directory of ${inspection.accounts} accounts as of ${inspection.asOf ?? "?"}, cohorts by ${inspection.by}`,
    ...inspection.rules.map(
      ({ id, measure, cohort }) => `rule ${id}: ${measure} for ${cohort ?? "every request"}`,
    ),
    ...Object.entries(inspection.cohorts).map(
      ([name, { members, bytes, bitsPerMember, entropyBitsPerMember: limit }]) =>
        `cohort ${name}: ${members} members in ${bytes} bytes, ` +
        `${bitsPerMember.toFixed(2)} bits a member (limit ${limit.toFixed(2)})`,
    ),
    ...inspection.signatures.map((keyId) => `signature by key ${keyId}`),
  ].map(oneLine);
}
