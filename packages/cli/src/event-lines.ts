import type { SuspectAccess, SuspectEvent } from "@cordon/lake";
import { alignColumns } from "./align-columns.ts";

const accountsShownMax = 5;

/** The suspects' events as a table: when, where, what, and what was read. */
export function eventLines(events: readonly SuspectEvent[], truncated: boolean): readonly string[] {
  if (events.length === 0) return ["The suspects have no events inside the window."];
  const rows = events.map((event) => [
    event.time,
    event.operation,
    event.surely ? event.outcome : `${event.outcome} (only possibly theirs, or inside)`,
    event.access === null ? "" : whatWasRead(event.access),
    `${event.file}:${event.line}`,
  ]);
  return [
    "The suspects' events",
    ...alignColumns([["time", "operation", "outcome", "what was read", "line"], ...rows]).map(
      (row) => `  ${row}`,
    ),
    ...(truncated ? [`  … only the first ${events.length} are listed`] : []),
  ];
}

function whatWasRead({
  store,
  effect,
  classes,
  accounts,
  accountsNamed,
  rows,
  opensStore,
}: SuspectAccess): string {
  const named = accounts.slice(0, accountsShownMax).join(" ");
  const more = accountsNamed > accountsShownMax ? ` … of ${accountsNamed}` : "";
  const whom = [
    ...(accountsNamed > 0 ? [`${named}${more}`] : []),
    ...(rows === null ? [] : [`${rows} people`]),
    ...(opensStore ? ["people unknown"] : []),
  ];
  const verb = effect === "read" ? "" : `${effect} `;
  return `${verb}${classes.join(", ")} in ${store} of ${whom.length === 0 ? "nobody" : whom.join(", ")}`;
}
