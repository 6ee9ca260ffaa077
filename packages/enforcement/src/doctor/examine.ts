import { authTimeChecks } from "./auth-time-checks.ts";
import { claimChecks } from "./claim-checks.ts";
import { ClaimReading, type ClaimNames, type ClientTable } from "./claim-reading.ts";
import { clientChecks } from "./client-checks.ts";
import { DirectoryCheck, type DirectoryBatch } from "./directory-checks.ts";
import { examinedMeasures, worst, type ExaminedMeasure, type Finding, type Verdict } from "./finding.ts";
import { issuerChecks } from "./issuer-checks.ts";
import type { Issuer } from "./issuer.ts";
import { keyIdCheck } from "./key-checks.ts";
import { ordinalCheck } from "./ordinal-check.ts";
import type { TokenSample } from "./token-sample.ts";

/** Lines of a file of tokens. */
export const tokensMax = 100_000;

export interface ExaminationInput {
  readonly samples: readonly TokenSample[];
  readonly names: ClaimNames;
  readonly clients: ClientTable;
  /** Null: none was given. */
  readonly issuer: Issuer | null;
  readonly directory: {
    readonly asOfMs: number;
    readonly batches: () => AsyncIterable<DirectoryBatch>;
  } | null;
  /** What a gateway said; empty when none was asked. */
  readonly gateway: readonly Finding[];
}

export interface Examination {
  readonly tokens: number;
  readonly findings: readonly Finding[];
  readonly measures: readonly {
    readonly measure: ExaminedMeasure;
    readonly verdict: Verdict;
    /** The checks that do not say `works`. */
    readonly because: readonly string[];
  }[];
}

const needsDirectory = [
  "reauthenticate",
  "change_password",
  "upgrade",
  "redownload",
  "refuse_client",
] as const;

/** Looks at a service's own tokens and says, measure by measure, whether it will work there. */
export async function examine(input: ExaminationInput): Promise<Examination> {
  const { samples, issuer, gateway } = input;
  const reading = new ClaimReading(input.names, input.clients);
  const people = samples.filter((sample) => !reading.isMachine(sample));
  const findings: Finding[] = [...(issuer === null ? [] : await issuerChecks(issuer, samples))];
  if (samples.length > 0) {
    findings.push(
      ...claimChecks(samples, people, reading),
      ...authTimeChecks(people, reading),
      keyIdCheck(samples),
      ...clientChecks(people, reading),
      ordinalCheck(people, reading),
      await directoryFinding(input, people, reading),
    );
  } else {
    findings.push(noTokens);
  }
  findings.push(...gateway);
  return {
    tokens: samples.length,
    findings,
    measures: examinedMeasures.map((measure) => {
      const about = findings.filter((finding) => finding.measures.includes(measure));
      return {
        measure,
        verdict: worst(about.map(({ verdict }) => verdict)),
        because: about.filter(({ verdict }) => verdict !== "works").map(({ check }) => check),
      };
    }),
  };
}

const noTokens: Finding = {
  check: "tokens",
  verdict: "unknown",
  measures: examinedMeasures,
  text: "no token was given, so nothing says what is in them",
  evidence: { tokens: 0 },
  change: "give --tokens: a day's access tokens of real people, from every app",
};

async function directoryFinding(
  { directory }: ExaminationInput,
  people: readonly TokenSample[],
  reading: ClaimReading,
): Promise<Finding> {
  if (directory === null) {
    return {
      check: "account-in-directory",
      verdict: "unknown",
      measures: needsDirectory,
      text: "no directory was given, so nothing says whether subjects are accounts of it",
      evidence: { subjects: 0 },
      change: "give --directory and --as-of",
    };
  }
  const check = new DirectoryCheck(people, reading, directory.asOfMs);
  for await (const batch of directory.batches()) check.take(batch);
  return check.finding();
}
