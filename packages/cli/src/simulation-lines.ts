import type { Change, Comparison, Counted, Share, SimulationReport, Told } from "@cordon/control-plane";
import { formatInstant } from "@cordon/model";
import { alignColumns } from "./align-columns.ts";
import { oneLine } from "./one-line.ts";

/** Rows of each table on a terminal; `--json` has all of them. */
const rowsMax = 48;

interface SimulationView {
  readonly report: SimulationReport;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly outside: number;
  readonly stepMs: number;
  readonly comparison: { readonly report: SimulationReport; readonly comparison: Comparison } | null;
}

/** A simulation for people. */
export function simulationLines({
  report,
  firstMs,
  lastMs,
  outside,
  stepMs,
  comparison,
}: SimulationView): readonly string[] {
  if (firstMs === null || lastMs === null) {
    return [`no request is in the window (${number(outside)} are outside)`];
  }
  const { total, denied, withoutAccount } = report;
  return [
    `${number(total.requests)} requests from ${brief(firstMs)} to ${brief(lastMs)}` +
      (outside === 0 ? "" : `, ${number(outside)} more outside the window`),
    `${number(total.accounts)} accounts with ${number(total.installations)} installations; ` +
      `${number(withoutAccount.total)} requests without account`,
    `denied: ${ofAll(denied.accounts, total.accounts)} accounts, ` +
      `${ofAll(denied.installations, total.installations)} installations, ` +
      `${ofAll(denied.requests, total.requests)} requests`,
    ...table(
      "rule",
      ["measure", "requests", "accounts", "installations"],
      report.rules.map((row) => [row.rule, row.measure, ...counted(row)]),
    ),
    ...shares(
      "platform",
      report.platforms.map((row) => [row.platform ?? "(none)", row]),
    ),
    ...shares(
      "store",
      report.stores.map((row) => [row.store, row]),
    ),
    ...shares(
      "market",
      report.markets.map((row) => [row.market ?? "(unknown)", row]),
    ),
    ...toldLines(report.told),
    ...table(
      "upgrade, by store",
      ["recommended", "required", "not in the store"],
      report.upgrades.map((row) => [
        row.store,
        number(row.recommended),
        number(row.required),
        number(row.unavailable),
      ]),
    ),
    ...signInLines(report, stepMs),
    ...(comparison === null ? [] : comparisonLines(report, comparison)),
  ].map(oneLine);
}

/** Answers are long, so they stand last. */
function toldLines(told: SimulationReport["told"]): readonly string[] {
  const rows = told.slice(0, rowsMax).map((row) => [...counted(row), toldText(row)]);
  const shown = [["requests", "accounts", "installations", "told"], ...rows];
  const widths = [0, 1, 2].map((index) => Math.max(...shown.map((row) => (row[index] ?? "").length)));
  return [
    "",
    ...alignColumns(shown.map((row) => row.map((cell, index) => cell.padStart(widths[index] ?? 0)))),
    ...moreLine(told.length),
  ];
}

function signInLines({ signIns, steps }: SimulationReport, stepMs: number): readonly string[] {
  if (signIns === null) return [];
  const { total, peak, waves } = signIns;
  const busiest = Math.max(0, ...steps.map((step) => step.signIns));
  return [
    "",
    `sign-ins: ${number(total)}; busiest step ${perSecond(busiest, stepMs)} a second` +
      (peak === null ? "" : `, busiest second ${number(peak.signIns)} at ${brief(peak.atMs)}`),
    ...table(
      "from",
      ["requests", "denied", "sign-ins", "a second", "new passwords", "downloads"],
      steps.map((step) => [
        brief(step.fromMs),
        number(step.requests),
        number(step.denied),
        number(step.signIns),
        perSecond(step.signIns, stepMs),
        number(step.passwordChanges),
        number(step.redownloads),
      ]),
    ),
    ...table(
      "wave",
      ["opens", "sign-ins"],
      waves.map(({ rule, wave, opensMs, signIns: count }) => [
        `${rule} ${wave}`,
        brief(opensMs),
        number(count),
      ]),
    ),
  ];
}

function comparisonLines(
  report: SimulationReport,
  { report: inForce, comparison }: NonNullable<SimulationView["comparison"]>,
): readonly string[] {
  const row = (name: string, change: Change): readonly string[] => [
    name,
    number(change.newlyDenied),
    number(change.noLongerDenied),
    number(change.deniedByBoth),
  ];
  return [
    ...table(
      "against what is in force",
      ["newly denied", "no longer", "by both"],
      [
        row("accounts", comparison.accounts),
        row("installations", comparison.installations),
        ...comparison.measures.map((change) => row(`accounts by ${change.measure}`, change)),
      ],
    ),
    ...(report.signIns === null || inForce.signIns === null
      ? []
      : [`sign-ins: ${number(report.signIns.total)}, in force ${number(inForce.signIns.total)}`]),
  ];
}

function shares(name: string, rows: readonly (readonly [string, Share])[]): readonly string[] {
  return table(
    name,
    ["accounts", "denied", "installations", "denied", "requests", "denied"],
    rows.map(([key, { total, denied }]) => [
      key,
      number(total.accounts),
      number(denied.accounts),
      number(total.installations),
      number(denied.installations),
      number(total.requests),
      number(denied.requests),
    ]),
  );
}

/** Text first, numbers to the right. Nothing for no rows. */
function table(
  name: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const shown = [[name, ...heads], ...rows.slice(0, rowsMax)];
  const widths = heads.map((_, index) => Math.max(...shown.map((row) => (row[index + 1] ?? "").length)));
  const aligned = shown.map(([first = "", ...cells]) => [
    first,
    ...cells.map((cell, index) => cell.padStart(widths[index] ?? 0)),
  ]);
  return ["", ...alignColumns(aligned), ...moreLine(rows.length)];
}

function moreLine(rows: number): readonly string[] {
  return rows > rowsMax ? [`… and ${rows - rowsMax} more (--json has all)`] : [];
}

function toldText({ allow, directives }: Told): string {
  if (directives.length === 0) return "nothing";
  const texts = directives.map(({ measure, rule, required, available }) => {
    const more = required ? "" : " recommended";
    return `${measure}${more}${available === false ? " not in the store" : ""} (${rule})`;
  });
  return `${allow ? "" : "denied: "}${texts.join(" + ")}`;
}

function counted({ requests, accounts, installations }: Counted): readonly string[] {
  return [number(requests), number(accounts), number(installations)];
}

function ofAll(part: number, all: number): string {
  return `${number(part)} of ${number(all)}${all === 0 ? "" : ` (${((100 * part) / all).toFixed(1)} %)`}`;
}

function perSecond(count: number, stepMs: number): string {
  const rate = (count * 1000) / stepMs;
  return rate >= 100 ? rate.toFixed(0) : rate.toFixed(rate >= 1 ? 1 : 4);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** To the second. */
function brief(ms: number): string {
  return formatInstant(ms).replace(/\.\d+Z$/, "Z");
}
