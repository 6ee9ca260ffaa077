import type { Gap, RejectedLine } from "./answer.ts";
import type { ListedEvent } from "./explanation.ts";
import type { SourceFindings } from "./findings.ts";
import type { MapFacts, SourceFacts } from "./map-facts.ts";
import { placeInWindow } from "./inquire.ts";
import type { Inquiry } from "./inquiry.ts";

/** A sentence on what is missing and one on what would settle it. */
export interface HintTexts {
  readonly what: string;
  readonly settle: string;
}

export function gapTexts(
  gap: Omit<Gap, "store">,
  stores: readonly string[],
  context: {
    readonly map: MapFacts;
    readonly found: SourceFindings | undefined;
    readonly rejectedLines: readonly RejectedLine[];
  },
): HintTexts {
  const where = `${listed(stores)} ${between(gap.from, gap.to)}`;
  const plural = stores.length > 1;
  const has = plural ? "have" : "has";
  const source = context.map.sources.find(({ name }) => name === gap.source);
  if (source === undefined) {
    return {
      what: `${where} ${has} no log: no source of the map watches it`,
      settle: "add the log of every door to it to the map and to the evidence",
    };
  }
  const name = `\`${source.name}\``;
  switch (gap.reason) {
    case "uncovered":
      return {
        what: `${where} ${has} no log (source ${name}, ${source.coverage.length === 0 ? "no coverage in the map" : "outside its coverage"})`,
        settle: `say in the map when ${name} really watched and what proves it, with the logs of that time`,
      };
    case "sequence":
      return {
        what: `${where} ${has} no log (source ${name}, ${whatIsMissing(source, gap, context.found)})`,
        settle: `the missing lines of ${name}, from a backup or from where it was collected`,
      };
    case "heartbeat":
      return {
        what: `${where} ${has} no log (source ${name} gave no sign of life for too long)`,
        settle: `the lines of ${name} of that time, or another log of the same door`,
      };
    case "digest":
      return {
        what: `${where} ${plural ? "are" : "is"} not proven (source ${name}, no valid digest covers it)`,
        settle: `the digest files and log files of ${name} for these hours, and the public keys`,
      };
    case "rejected":
      return rejectedTexts(where, name, context);
    case "asserted":
      return {
        what: `${where} ${plural ? "were" : "was"} watched by source ${name} on somebody's word only`,
        settle: `something in the logs of ${name} that proves it: sequence numbers, a heartbeat or digests`,
      };
  }
}

function whatIsMissing(
  { coverage }: SourceFacts,
  { from, to }: Pick<Gap, "from" | "to">,
  found: SourceFindings | undefined,
): string {
  const chains = found?.chains ?? [];
  if (chains.length === 0) return "no line with a sequence number";
  const fromUs = Date.parse(from) * 1000;
  const toUs = Date.parse(to) * 1000;
  const broken = chains.filter(({ holes }) =>
    holes.some((hole) => hole.fromUs <= toUs && hole.toUs >= fromUs),
  );
  if (broken.length > 0) {
    const names = broken.flatMap(({ chain }) => (chain === null ? [] : [`\`${chain}\``]));
    return `sequence numbers missing${names.length === 0 ? "" : ` in chain ${listed(names)}`}`;
  }
  const absent = coverage
    .flatMap(({ proof }) => (proof.kind === "sequence" ? (proof.chains ?? []) : []))
    .filter((name) => !chains.some(({ chain }) => chain === name));
  if (absent.length > 0)
    return `no line of chain ${listed([...new Set(absent)].map((name) => `\`${name}\``))}`;
  return "not between two numbered lines";
}

function rejectedTexts(
  where: string,
  name: string,
  { found, rejectedLines }: Parameters<typeof gapTexts>[2],
): HintTexts {
  const rejected = found?.rejected ?? 0;
  const first = rejectedLines.find(({ file }) => file.startsWith(`${found?.source ?? ""}/`));
  const example = first === undefined ? "" : `, as ${first.file}:${first.line}: ${first.reason}`;
  return {
    what: `${where} may have been read in ${rejected === 1 ? "a line that" : `${counted(rejected)} lines that`} nobody can read (source ${name}${example})`,
    settle: `the undamaged lines of ${name}, or a map that fits them`,
  };
}

export function unclassifiedTexts(operation: string, source: string, stores: readonly string[]): HintTexts {
  return {
    what: `operation \`${operation}\` of source \`${source}\` is not in the map: it could have read anything in ${listed(stores)}`,
    settle: `say in the map what \`${operation}\` reads, or that it is to be ignored`,
  };
}

export function peopleUnknownTexts(operation: string, store: string): HintTexts {
  return {
    what: `operation \`${operation}\` does not say whom it reached in ${store}`,
    settle: "another log of the same calls that names the accounts or how many they were",
  };
}

export function rowsTexts(operation: string, rows: number): HintTexts {
  return {
    what: `operation \`${operation}\` gives a number of people (${counted(rows)} in all), not ids`,
    settle: "another log of the same calls that names the accounts, so that nobody counts twice",
  };
}

export function possibleTexts(
  source: SourceFacts,
  inquiry: Inquiry,
  { events, all }: { readonly events: readonly ListedEvent[]; readonly all: number },
): HintTexts {
  const asked = inquiry.sources.find((candidate) => candidate.source === source.name);
  const unmapped = [...(asked?.unmapped ?? [])];
  const atEdge =
    asked !== undefined &&
    events.some(({ time }) => placeInWindow(inquiry, asked, Date.parse(time) * 1000) === "possibly");
  const what: string[] = [];
  const settle: string[] = [];
  if (unmapped.length > 0) {
    what.push(`source \`${source.name}\` maps no ${listed(unmapped, "or")}, which the suspect is named by`);
    settle.push(`map ${listed(unmapped)} in \`${source.name}\`, or name the suspect by what it logs`);
  }
  if (atEdge || unmapped.length === 0) {
    const edge = `clocks of source \`${source.name}\` may be wrong by ${source.skewUs / 1_000_000} s at an edge of the window`;
    what.push(edge);
    settle.push("put the window's edge where nothing happened");
  }
  return {
    what: `${what.join("; ")}: ${all === 1 ? "1 event is" : `${counted(all)} events are`} only possibly counted`,
    settle: settle.join("; "),
  };
}

/** `between 2014-05-21T02:10:00Z and 02:37:00Z`: the day only once, no milliseconds where there are none. */
function between(from: string, to: string): string {
  if (from === to) return `at ${shortTime(from)}`;
  const [fromDay] = from.split("T");
  const [toDay, toTime] = shortTime(to).split("T");
  return `between ${shortTime(from)} and ${fromDay === toDay ? (toTime ?? to) : shortTime(to)}`;
}

function shortTime(time: string): string {
  return time.replace(/\.000Z$/, "Z");
}

function listed(names: readonly string[], word = "and"): string {
  if (names.length <= 1) return names[0] ?? "nothing";
  return `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1) ?? ""}`;
}

function counted(number: number): string {
  return number.toLocaleString("en-US");
}
