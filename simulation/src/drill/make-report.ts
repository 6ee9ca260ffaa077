import type { Answer, Notice } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { BrowserFigures } from "../browsers/browsers-messages.ts";
import type { SinkMessage } from "../mail/mail-sink-messages.ts";
import type { Population } from "../population/population.ts";
import { mustUpgrade, isTrusted } from "../population/segments.ts";
import type { GateFigures, GateTally } from "../report/gate-tally.ts";
import { falseStatements, judgeCohorts } from "../report/judge-drill.ts";
import type { DrillReport } from "../report/report.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import type { DrillOptions } from "./drill-options.ts";
import type { DrillRules } from "./measures.ts";
import type { Phases } from "./phases.ts";
import type { RoundDone } from "./run-drill.ts";
import type { JournalVerdict } from "./verify-journal.ts";

interface ReportInput {
  readonly options: DrillOptions;
  readonly population: Population;
  readonly truth: HiddenTruth;
  readonly rules: DrillRules;
  readonly answer: Answer;
  readonly notice: Notice;
  readonly mail: Extract<SinkMessage, { kind: "summary" }>;
  readonly tally: GateTally;
  readonly clients: RoundDone;
  /** Null where no browser runs. */
  readonly inBrowsers: BrowserFigures | null;
  readonly verdict: JournalVerdict;
  readonly phases: Phases;
  readonly propagationMs: readonly number[];
  readonly startedMs: number;
  readonly endedMs: number;
  readonly restarts: number;
}

const notes = [
  "passwords are hashed with argon2id at its smallest cost (8 KiB, one pass): made-up passwords, thousands of sign-ins on two cores",
  "three days of waves are compressed to seconds on real clocks",
];

/** Puts together what was observed, and judges it. */
export function makeReport(input: ReportInput): DrillReport {
  const { options, truth, answer, notice, mail, tally, verdict } = input;
  const figures = tally.figures();
  const statements = falseStatements(
    answer,
    { summary: mail.summary, affectedTexts: mail.first.map(({ text }) => text) },
    truth,
  );
  const cohorts = judgeCohorts(tally, input.population, truth, input.rules);
  const { distinct, duplicates, toDecoys } = mail.summary;
  const named = answer.accountIds.length;
  const notices = {
    planned: notice.total.planned,
    delivered: distinct,
    failed: notice.total.failed,
    unknown: notice.total.unknown,
    duplicates,
    affectedFirst: (mail.first[0]?.number ?? Infinity) <= named,
    toDecoys,
  };
  const observed = { statements, cohorts, notices, figures };
  return {
    accounts: options.accounts,
    seed: options.seed,
    variant: options.variant,
    truth: { affected: truth.affected.length, classesRead: truth.classesRead },
    claimed: { ...answer.accounts, ...answer.dataClasses },
    falseClaims: statements.length,
    falseStatements: statements,
    phases: input.phases.list(),
    reauthenticated: figures.reauthenticated,
    upgraded: figures.upgraded,
    redownloaded: figures.redownloaded,
    refused: figures.refused,
    undisturbed: figures.undisturbed,
    cohorts,
    notices,
    browsers: input.inBrowsers,
    journal: { entries: verdict.entries, verified: verdict.verified },
    shortfalls: shortfalls(input, observed),
    notes,
    times: {
      startedAt: formatInstant(input.startedMs),
      endedAt: formatInstant(input.endedMs),
      totalMs: input.endedMs - input.startedMs,
      propagationMs: input.propagationMs,
      decisions: figures.decisions,
      controlPlaneRestarts: input.restarts,
    },
  };
}

interface Observed {
  readonly statements: readonly string[];
  readonly cohorts: DrillReport["cohorts"];
  readonly notices: DrillReport["notices"];
  readonly figures: GateFigures;
}

/** What is not as the reference incident asks for, in words. */
function shortfalls(input: ReportInput, { statements, cohorts, notices, figures }: Observed): string[] {
  const { options, population, notice, clients, verdict, mail } = input;
  const expect = (holds: boolean, words: string) => (holds ? [] : [words]);
  const upgradable = sum(
    population.segments.filter((segment) => mustUpgrade(segment.share)).map((segment) => segment.size),
  );
  const untrusted = sum(
    population.segments.filter((segment) => !isTrusted(segment.share)).map((segment) => segment.size),
  );
  const { leftOver } = figures;
  return [
    ...expect(statements.length === 0, `${statements.length} false statements`),
    ...expect(verdict.verified, `the journal does not verify: ${verdict.failure ?? "no reason given"}`),
    ...expect(
      notice.state === "sent",
      `the notices were stopped: ${notice.stopped?.because ?? "no reason given"}`,
    ),
    ...expect(
      notices.planned === options.accounts,
      `${notices.planned} notices planned for ${options.accounts} people`,
    ),
    ...expect(
      notices.delivered + notices.unknown >= notices.planned,
      `${notices.planned - notices.delivered} people have no notice`,
    ),
    ...expect(notices.duplicates === 0, `${notices.duplicates} mails came twice`),
    ...(input.inBrowsers?.faults.map((fault) => `in a browser: ${fault}`) ?? []),
    ...expect(notices.affectedFirst, "the affected person was not told first"),
    ...expect(
      notices.toDecoys === 0 && mail.summary.toStrangers === 0,
      `${notices.toDecoys} mails to planted records, ${mail.summary.toStrangers} to strangers`,
    ),
    ...expect(
      cohorts.wronglyAsked === 0,
      `${cohorts.wronglyAsked} people were asked to sign in again for nothing`,
    ),
    ...expect(cohorts.notAsked === 0, `${cohorts.notAsked} people were not asked to sign in again`),
    ...expect(
      leftOver.reauthenticate + leftOver.upgrade + leftOver.redownload === 0,
      `left over: ${leftOver.reauthenticate} sign-ins, ${leftOver.upgrade} upgrades, ${leftOver.redownload} downloads`,
    ),
    ...expect(figures.upgraded === upgradable, `${figures.upgraded} upgraded of ${upgradable}`),
    ...expect(
      figures.refused === untrusted && figures.refusedYetPlayed === 0,
      `${figures.refused} clients refused of ${untrusted}, ${figures.refusedYetPlayed} of them played later`,
    ),
    ...expect(
      figures.playingInTheEnd === options.accounts - untrusted,
      `${figures.playingInTheEnd} of ${options.accounts - untrusted} people hear music in the end`,
    ),
    ...expect(
      clients.counts.refreshedAlthoughTold === 0,
      `${clients.counts.refreshedAlthoughTold} old sessions were renewed without a sign-in`,
    ),
    ...expect(clients.counts.linkAstray === 0, `${clients.counts.linkAstray} links led to another store`),
    ...expect(
      clients.counts.stuck === 0,
      `${clients.counts.stuck} clients got stuck (${clients.failures[0] ?? ""})`,
    ),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
