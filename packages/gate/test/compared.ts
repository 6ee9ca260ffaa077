import { compilePolicy, decide, explain, parsePolicy, parseRequest } from "../src/index.ts";
import { generatePolicy, generateRequest, nearMs, Random } from "@cordon/testkit";
import { namesOf, setOf } from "./listed-set.ts";
import { oracle } from "@cordon/testkit";

const requestsPerPolicy = 100;

export interface Compared {
  readonly decisions: number;
  readonly denied: number;
  /** The first of them, ready to be run again. */
  readonly differences: readonly unknown[];
}

/** Decides generated requests under generated policies, next to the oracle, until there are so many decisions. */
export function compareWithOracle(seed: number, decisions: number): Compared {
  const random = new Random(seed);
  const differences: unknown[] = [];
  let denied = 0;
  for (let done = 0; done < decisions; done += requestsPerPolicy) {
    const { rules, members, accounts } = generatePolicy(random);
    const sets = new Map(Object.entries(members).map(([name, ids]) => [name, setOf(ids)]));
    const compiled = compilePolicy(parsePolicy({ version: 1, rules }, namesOf(sets)), sets);
    for (let i = 0; i < requestsPerPolicy; i++) {
      const request = generateRequest(random, accounts, random.chance(50));
      const nowMs = nearMs(random);
      const gateRequest = parseRequest(request);
      const decision = decide(compiled, gateRequest, nowMs);
      denied += Number(!decision.allow);
      const decided = JSON.stringify(decision);
      const expected = JSON.stringify(oracle(rules, members, request, nowMs));
      const explained = JSON.stringify(explain(compiled, gateRequest, nowMs).decision);
      // A copy has nothing but its parts.
      const ofCopy = JSON.stringify(decide(compiled, { ...gateRequest }, nowMs));
      const isSame = [decided, explained, ofCopy].every((answer) => answer === expected);
      if (!isSame && differences.length < 5) {
        const answers = { decided, explained, ofCopy, expected };
        differences.push({ rules, members, request, now: new Date(nowMs), ...answers });
      }
    }
  }
  return { decisions, denied, differences };
}
