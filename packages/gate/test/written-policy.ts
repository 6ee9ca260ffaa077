import { compilePolicy, decide, explain, parsePolicy, parseRequest } from "../src/index.ts";
import type { CompiledPolicy, Decision, Directive, RuleExplanation } from "../src/index.ts";
import type { PlainRequest, PlainRule } from "@cordon/testkit";
import { namesOf, setOf } from "./listed-set.ts";

export interface Circumstances {
  readonly now?: string;
  readonly cohorts?: Readonly<Record<string, readonly string[]>>;
}

const summer = "2014-07-01T00:00:00Z";

export function compiled(rules: readonly PlainRule[], { cohorts = {} }: Circumstances = {}): CompiledPolicy {
  const sets = new Map(Object.entries(cohorts).map(([name, ids]) => [name, setOf(ids)]));
  return compilePolicy(parsePolicy({ version: 1, rules }, namesOf(sets)), sets);
}

export function decided(
  rules: readonly PlainRule[],
  request: PlainRequest,
  circumstances: Circumstances = {},
): Decision {
  const now = Date.parse(circumstances.now ?? summer);
  return decide(compiled(rules, circumstances), parseRequest(request), now);
}

export function directives(
  rules: readonly PlainRule[],
  request: PlainRequest,
  circumstances: Circumstances = {},
): readonly Directive[] {
  return decided(rules, request, circumstances).directives;
}

/** The ids of the rules that decided. */
export function deciding(
  rules: readonly PlainRule[],
  request: PlainRequest,
  circumstances: Circumstances = {},
): readonly string[] {
  return directives(rules, request, circumstances).map(({ rule }) => rule);
}

export function explained(
  rules: readonly PlainRule[],
  request: PlainRequest,
  circumstances: Circumstances = {},
): readonly RuleExplanation[] {
  const now = Date.parse(circumstances.now ?? summer);
  return explain(compiled(rules, circumstances), parseRequest(request), now).rules;
}
