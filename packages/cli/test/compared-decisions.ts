import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { generatePolicy, generateRequest, nearMs, oracle, Random, type PlainRequest } from "@cordon/testkit";

import { cordon, ending } from "./command-line.ts";

export interface ComparedDecisions {
  readonly decisions: number;
  readonly denied: number;
  /** The first of them, ready to be run again. */
  readonly differences: readonly unknown[];
}

/** No cutoff is later. */
const asOf = "2014-06-10T00:00:00Z";

/**
 * Generated policies and populations, written to files as contracts 4 has them, built, signed and decided by the command
 * line, next to the oracle, which reads none of these files.
 */
export async function compareCommandLine(
  folder: string,
  {
    seed,
    policies,
    requestsEach,
  }: { readonly seed: number; readonly policies: number; readonly requestsEach: number },
): Promise<ComparedDecisions> {
  const random = new Random(seed);
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  await run("key", "generate", "--out", at("keys"));
  const differences: unknown[] = [];
  let denied = 0;
  for (let version = 1; version <= policies; version += 1) {
    const { rules, members, accounts } = generatePolicy(random);
    const lineEnd = random.of(["\n", "\r\n"]);
    const listed = ["a", "b"].filter((name) => rules.some(({ cohort }) => cohort === name));
    for (const name of listed) writeFileSync(at(`${name}.txt`), (members[name] ?? []).join(lineEnd));
    const cohorts = Object.fromEntries(
      listed.map((name) => [
        name,
        random.chance(50) ? { file: `${name}.txt` } : { accounts: members[name] ?? [] },
      ]),
    );
    // JSON is YAML.
    writeFileSync(at("policy.yaml"), JSON.stringify({ version, rules, cohorts }, null, random.of([0, 2])));
    const directory = at(random.of(["accounts.jsonl", "accounts.csv"]));
    const rows = accounts.map((id) => (directory.endsWith("csv") ? id : JSON.stringify({ account_id: id })));
    writeFileSync(directory, [...(directory.endsWith("csv") ? ["account_id"] : []), ...rows].join("\n"));
    const inputs = [at("policy.yaml"), "--directory", directory, "--as-of", asOf];
    await run("bundle", "build", ...inputs, "--key", at("keys/private.pem"), "--out", at("bundle"));
    const nowMs = nearMs(random);
    const now = new Date(nowMs).toISOString();
    // Whether somebody outside the directory is in a listed cohort is undefined.
    const requests = generateRequests(random, accounts, {
      count: requestsEach,
      strangers: listed.length === 0,
    });
    const { code, stdout, stderr } = await cordon(
      ["gate", "decide", "--bundle", at("bundle"), "--key", at("keys/public.pem"), "--now", now],
      { stdin: requests.map((request) => JSON.stringify(request)).join(lineEnd) },
    );
    const lines = stdout.split("\n").slice(0, -1);
    if (code !== 0 || lines.length !== requests.length)
      differences.push({ rules, members, now, code, stderr, decisions: lines.length });
    for (const [index, request] of requests.entries()) {
      const expected = JSON.stringify(oracle(rules, members, request, nowMs));
      denied += Number(expected.startsWith('{"allow":false'));
      const decided = lines[index];
      if (decided !== expected && differences.length < 5)
        differences.push({ rules, members, request, now, decided, expected });
    }
  }
  return { decisions: policies * requestsEach, denied, differences };
}

async function run(...commandLine: readonly string[]): Promise<void> {
  const { code, line } = await ending(...commandLine);
  if (code !== 0) throw new Error(`cordon ${commandLine.join(" ")}: ${line}`);
}

function generateRequests(
  random: Random,
  accounts: readonly string[],
  { count, strangers }: { readonly count: number; readonly strangers: boolean },
): readonly PlainRequest[] {
  const requests: PlainRequest[] = [];
  while (requests.length < count) {
    const request = generateRequest(random, accounts, random.chance(50));
    const { account = null } = request;
    if (strangers || account === null || accounts.includes(account)) requests.push(request);
  }
  return requests;
}
