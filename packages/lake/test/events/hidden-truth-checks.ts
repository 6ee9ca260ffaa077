import { isJsonObject, touches } from "@cordon/model";
import type { Answer } from "@cordon/scope";
import {
  answerPlainly,
  hiddenIncident,
  packFiles,
  readFiles,
  tellOverDays,
  type HiddenFile,
  type HiddenIncident,
  type OracleAnswer,
} from "@cordon/testkit";

import { askEvidence } from "./ask-evidence.ts";

/** What Cordon answers to an incident; `with` puts other parts in their place. */
export async function askIncident(
  incident: HiddenIncident,
  {
    files = incident.files,
    question = incident.question,
  }: Partial<Pick<HiddenIncident, "files" | "question">> = {},
): Promise<Answer> {
  const { map, population, directory } = incident;
  return (await askEvidence({ map, question, population, directory, evidence: packFiles(files) })).answer;
}

/** What an answer says that is not so; empty when every word of it is true. */
export function falseClaims({ truth, sharp, assertionsTrue }: HiddenIncident, answer: Answer): string[] {
  const { accountIds, decoysTouched, ifAssertionsHold } = answer;
  const claims: Claim[] = [
    ...aboutPeople(truth, answer),
    ...accountIds.map((id): Claim => [`named ${id}`, truth.people.has(id)]),
    ...decoysTouched.map((decoy): Claim => [`touched ${decoy}`, truth.decoys.has(decoy)]),
    ["an unknown class though the logs tell everything", !sharp || answer.dataClasses.unknown.length === 0],
  ];
  if (ifAssertionsHold !== undefined && assertionsTrue) {
    claims.push(
      ...aboutPeople(truth, ifAssertionsHold).map(([what, holds]): Claim => [
        `if assertions hold: ${what}`,
        holds,
      ]),
    );
  }
  return claims.filter(([, holds]) => !holds).map(([claim]) => claim);
}

type Claim = readonly [what: string, holds: boolean];

function aboutPeople(
  truth: HiddenIncident["truth"],
  answer: Pick<Answer, "accounts" | "dataClasses">,
): Claim[] {
  const { accounts, dataClasses } = answer;
  const affected = truth.people.size;
  const isAmong = (reads: ReadonlySet<string>, dataClass: string): boolean =>
    [...reads].some((read) => touches(read, dataClass));
  return [
    [`at least ${accounts.atLeast}, but ${affected}`, accounts.atLeast <= affected],
    [`at most ${accounts.atMost}, but ${affected}`, affected <= accounts.atMost],
    [
      "exactly",
      accounts.kind === "between" || (accounts.atLeast === affected && accounts.atMost === affected),
    ],
    ...dataClasses.accessed.map((one): Claim => [`accessed ${one}`, isAmong(truth.classesTried, one)]),
    ...dataClasses.notAccessed.map((one): Claim => [`not accessed ${one}`, !isAmong(truth.classes, one)]),
  ];
}

/** What the oracle makes of the same logs. */
export function oracleOf(
  incident: HiddenIncident,
  {
    files = incident.files,
    question = incident.question,
  }: { files?: readonly HiddenFile[]; question?: unknown } = {},
): OracleAnswer {
  const { map, population, directory } = incident;
  return answerPlainly({ map, question, population, directory, evidence: readFiles(files) });
}

/** The fields of an answer that the oracle speaks of. */
export function partsOf(answer: Answer): OracleAnswer {
  const { accounts, accountIds, dataClasses, attempted, decoysTouched, decoysTouchedByOthers } = answer;
  const { firstAccess, lastAccess, unclassified, coverage, effects, evidence, ifAssertionsHold } = answer;
  const { events, suspectEvents, duplicates, rejected } = evidence;
  return {
    accounts,
    accountIds,
    dataClasses,
    attempted,
    decoysTouched,
    decoysTouchedByOthers,
    firstAccess,
    lastAccess,
    unclassified,
    coverage: { complete: coverage.complete, gaps: coverage.gaps, asserted: coverage.asserted },
    effects,
    ifAssertionsHold: ifAssertionsHold ?? null,
    evidence: { events, suspectEvents, duplicates, rejected },
  };
}

/** In which fields two answers differ, one line each; empty when they say the same. */
export function differences(actual: unknown, expected: unknown, field = "answer"): string[] {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    const [is, should] = [actual.map(ordered), expected.map(ordered)];
    if (is.join() === should.join()) return [];
    const more = is.filter((item) => !should.includes(item)).map((item) => `${field} has ${item}`);
    const less = should.filter((item) => !is.includes(item)).map((item) => `${field} lacks ${item}`);
    return more.length + less.length > 0
      ? [...more, ...less]
      : [`${field} is in another order: ${is.join()}`];
  }
  if (isJsonObject(actual) && isJsonObject(expected)) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    return [...keys].flatMap((key) => differences(actual[key], expected[key], `${field}.${key}`));
  }
  return actual === expected ? [] : [`${field} is ${ordered(actual)}, expected ${ordered(expected)}`];
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

export interface JudgedIncident {
  readonly seed: number;
  /** What is wrong with the answer, one line each. */
  readonly wrong: readonly string[];
  readonly sharp: boolean;
  readonly exactly: boolean;
  /** By how many people `atMost` is above the truth. */
  readonly slack: number;
}

/** Asks about one incident and holds the answer against the truth and against the oracle. */
export async function judgeIncident(seed: number): Promise<JudgedIncident> {
  const incident = hiddenIncident(seed);
  const answer = await askIncident(incident);
  const wrong = [...falseClaims(incident, answer), ...differences(partsOf(answer), oracleOf(incident))];
  return {
    seed,
    wrong: wrong.map((what) => `incident ${seed} (${incident.flaws.join(", ")}): ${what}`),
    sharp: incident.sharp,
    exactly: answer.accounts.kind === "exactly",
    slack: answer.accounts.atMost - incident.truth.people.size,
  };
}

/** Judges the incidents of all these seeds, a few at a time. */
export async function judgeIncidents(first: number, last: number): Promise<readonly JudgedIncident[]> {
  const judged: JudgedIncident[] = [];
  let next = first;
  const work = async (): Promise<void> => {
    while (next <= last) {
      const seed = next;
      next += 1;
      judged.push(await judgeIncident(seed));
    }
  };
  await Promise.all([work(), work(), work()]);
  return judged.sort((one, other) => one.seed - other.seed);
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/**
 * Incidents of which the contracts promise something before all logs are there: the directory holds everybody, a missing number's gap is where
 * it says, and numbers only grow.
 */
export function canBeTold({ outsiders, flaws }: HiddenIncident): boolean {
  return !outsiders && !flaws.includes("clocksDiffer") && !flaws.includes("numbersRepeated");
}

/** What the answers of the days before the last one say that is not so. */
export async function falseOnTheWay(incident: HiddenIncident): Promise<{ wrong: string[]; open: number }> {
  const wrong: string[] = [];
  let open = 0;
  for (const [day, { question, files, truth }] of tellOverDays(incident).entries()) {
    const answer = await askIncident(incident, { question, files });
    const known = { ...incident, truth, sharp: false, assertionsTrue: false };
    wrong.push(
      ...falseClaims(known, answer).map((claim) => `incident ${incident.seed}, day ${day}: ${claim}`),
    );
    // While logs are still to come to every store, even what the suspects got who are not known yet lies in the range.
    if (openStores(answer).size < incident.stores) continue;
    open += 1;
    const { atMost } = answer.accounts;
    const affected = incident.truth.people.size;
    if (atMost < affected)
      wrong.push(`incident ${incident.seed}, day ${day}: at most ${atMost}, but in the end ${affected}`);
  }
  return { wrong, open };
}

function openStores(answer: Answer): ReadonlySet<string> {
  return new Set(answer.coverage.gaps.map(({ store }) => store));
}
