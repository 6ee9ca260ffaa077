import {
  answerQuestion,
  explain,
  type Explanation,
  type Findings,
  type ListedAccess,
  type ListedEvent,
  type MapFacts,
} from "../../src/index.ts";
import { smallFindings, smallMap, smallQuestion, text } from "./small-case.ts";

export interface Asked {
  readonly map?: MapFacts;
  readonly findings?: Partial<Findings>;
  readonly events?: readonly ListedEvent[];
  readonly decoys?: readonly string[];
}

/** The explanation of a small case. */
export function explained({ map = smallMap(), findings = {}, events = [], decoys = [] }: Asked): Explanation {
  const question = smallQuestion({ decoys });
  const all = smallFindings(findings);
  const answer = answerQuestion(map, question, all);
  return explain({ map, question, findings: all, answer, events, allEvents: true });
}

/** An event that read `u-1`, on the line of its second. */
export function event(line: number, more: Partial<ListedEvent> = {}): ListedEvent {
  return {
    file: "api/1.jsonl",
    line,
    source: "api",
    time: text(line),
    operation: "get",
    outcome: "succeeded",
    surely: true,
    access: reading("u-1"),
    ...more,
  };
}

export function reading(...accounts: readonly string[]): ListedAccess {
  return {
    store: "profiles",
    effect: "read",
    classes: ["user.name"],
    accounts,
    accountsNamed: accounts.length,
    rows: null,
    opensStore: false,
  };
}
