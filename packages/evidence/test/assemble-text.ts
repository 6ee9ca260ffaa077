import {
  assembleRecords,
  compileNormaliser,
  parseDataMap,
  type AssembledRecord,
  type LogEvent,
  type PhysicalLine,
  type Source,
} from "../src/index.ts";

/** A map's one source of this format, on a store of names; `patch` is over the source's keys. */
export function sourceOf(format: string, patch: Record<string, unknown> = {}): Source {
  const [source] = parseDataMap({
    version: 1,
    stores: { profiles: { classes: ["user.name"], accounts: 5 } },
    sources: {
      log: { format, store: "profiles", fields: { time: "ts", operation: "op" }, ...patch },
    },
  }).sources;
  if (source === undefined) throw new Error("the map has one source");
  return source;
}

/** A file's text as the lines that a reader cuts it into: LF and CRLF end a line, the last may stand without. */
export function physicalLines(text: string): PhysicalLine[] {
  const lines: PhysicalLine[] = [];
  for (let at = 0; at < text.length || lines.length === 0;) {
    const feed = text.indexOf("\n", at);
    const end = feed === -1 ? text.length : feed;
    const hasReturn = feed > at && text.charAt(feed - 1) === "\r";
    const ending = feed === -1 ? "" : hasReturn ? "\r\n" : "\n";
    lines.push({ line: lines.length + 1, text: text.slice(at, hasReturn ? end - 1 : end), ending });
    at = end + 1;
  }
  return lines;
}

export function assembleText(source: Source, text: string): readonly AssembledRecord[] {
  const records = assembleRecords(source);
  const taken = physicalLines(text).flatMap((line) => records.take(line));
  return [...taken, ...records.end()];
}

/** The readable events of a text; throws for what is unreadable. */
export function eventsOf(source: Source, text: string): readonly LogEvent[] {
  const normaliser = compileNormaliser(source);
  return assembleText(source, text).map((assembled) => {
    const event = "unreadable" in assembled ? assembled : normaliser.normalise(assembled.record);
    if ("unreadable" in event) throw new Error(`line ${assembled.line}: ${event.unreadable}`);
    return event;
  });
}

/** Why each record is unreadable, by its line; null for a readable one. */
export function flawsOf(source: Source, text: string): readonly (readonly [number, string | null])[] {
  const normaliser = compileNormaliser(source);
  return assembleText(source, text).map((assembled) => {
    const event = "unreadable" in assembled ? assembled : normaliser.normalise(assembled.record);
    return [assembled.line, "unreadable" in event ? event.unreadable : null];
  });
}
