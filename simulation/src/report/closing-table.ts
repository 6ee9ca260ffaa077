import type { DrillReport } from "./report.ts";

/** The closing table: what happened, what was done about it, and what proves it, for people who were not there. */
export function closingTable(report: DrillReport): string {
  const { claimed, truth, notices, journal, times } = report;
  const people =
    claimed.kind === "exactly"
      ? `exactly ${count(claimed.atLeast)}`
      : `${count(claimed.atLeast)} to ${count(claimed.atMost)}`;
  const rows: (readonly [string, string] | null)[] = [
    ["Accounts read, as claimed", `${people} of ${count(report.accounts)}`],
    ["Accounts read, in truth", count(truth.affected)],
    ["Data read, as claimed", list(claimed.accessed)],
    ["Not read, as claimed", list(claimed.notAccessed)],
    ["Open", list(claimed.unknown)],
    ["False statements", count(report.falseClaims)],
    null,
    ["Signed in again", count(report.reauthenticated)],
    ["Upgraded", count(report.upgraded)],
    ["Downloaded again", count(report.redownloaded)],
    ["Refused (no trusted store)", count(report.refused)],
    ["Not disturbed at all", count(report.undisturbed)],
    [
      "Asked wrongly / not asked",
      `${count(report.cohorts.wronglyAsked)} / ${count(report.cohorts.notAsked)}`,
    ],
    report.browsers === null
      ? ["In real browsers", "none runs here"]
      : [
          "In real browsers",
          `${report.browsers.signedInAgain} signed in again, ${report.browsers.undisturbed} met nothing, of ${report.browsers.opened}`,
        ],
    ["Bundle enforced after", times.propagationMs.map((ms) => `${ms} ms`).join(", ")],
    null,
    ["Told, of those to be told", `${count(notices.delivered)} of ${count(notices.planned)}`],
    [
      "Failed / unknown / twice",
      `${count(notices.failed)} / ${count(notices.unknown)} / ${count(notices.duplicates)}`,
    ],
    ["The affected person first", notices.affectedFirst ? "yes" : "no"],
    null,
    ["Journal", `${count(journal.entries)} entries, ${journal.verified ? "verified" : "NOT verified"}`],
    ["From the first log line to all clear", `${(times.totalMs / 1000).toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map((row) => row?.[0].length ?? 0));
  const title = `Drill: ${count(report.accounts)} accounts, seed ${report.seed}${report.variant === null ? "" : `, variant ${report.variant}`}`;
  const lines = rows.map((row) => (row === null ? "" : `  ${row[0].padEnd(width)}   ${row[1]}`));
  const end =
    report.shortfalls.length === 0
      ? ["", "All clear."]
      : ["", "Not as it should be:", ...report.shortfalls.map((words) => `  - ${words}`)];
  return ["", title, "", ...lines, ...end, ""].join("\n");
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function list(classes: readonly string[]): string {
  return classes.length === 0 ? "none" : classes.join(", ");
}
