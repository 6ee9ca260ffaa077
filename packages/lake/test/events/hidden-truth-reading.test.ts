import {
  assembleRecords,
  compileNormaliser,
  parseDataMap,
  type LogEvent,
  type Source,
} from "@cordon/evidence";
import { hiddenIncident, readFiles, readSource, type OracleEvent, type OracleMap } from "@cordon/testkit";
import { expect, test } from "vitest";

/** What the row-wise normaliser makes of a file's text: events, and how many records it could not read. */
function readRows(source: Source, text: string): { events: readonly LogEvent[]; rejected: number } {
  const records = assembleRecords(source);
  const lines = text.split("\n");
  const assembled = [
    ...lines.flatMap((line, index) =>
      records.take({ line: index + 1, text: line, ending: index < lines.length - 1 ? "\n" : "" }),
    ),
    ...records.end(),
  ];
  const normaliser = compileNormaliser(source);
  const read = assembled.map((record) =>
    "unreadable" in record ? record : normaliser.normalise(record.record),
  );
  const events = read.flatMap((event) => ("unreadable" in event ? [] : [event]));
  return { events, rejected: read.length - events.length };
}

/** What both readings tell of an event, as one text. */
function ofRow({ timeUs, id, operation, sequence, outcome }: LogEvent): string {
  const access = outcome.kind === "access" ? outcome : null;
  const names = "names" in outcome ? [...outcome.names].sort() : [];
  const rows = access?.rows ?? 0;
  return [timeUs, id, operation, sequence, outcome.kind, rows, access?.opensStore ?? false, ...names].join(
    "|",
  );
}

function ofOracle(event: OracleEvent): string {
  const { atUs, id, operation, number, kind, succeeded, rows, opensStore, names } = event;
  const outcome =
    kind === "ignored" ? "ignored" : !succeeded ? "refused" : kind === "unmapped" ? "unclassified" : "access";
  const reached = outcome === "access" ? { rows, opensStore } : { rows: 0, opensStore: false };
  return [atUs, id, operation, number, outcome, reached.rows, reached.opensStore, ...[...names].sort()].join(
    "|",
  );
}

test("of each line of 300 incidents the row-wise normaliser reads what contracts 1 says", () => {
  const wrong: string[] = [];
  for (let seed = 1; seed <= 300; seed += 1) {
    const incident = hiddenIncident(seed);
    const plain = incident.map as OracleMap;
    for (const source of parseDataMap(incident.map).sources) {
      const texts = [...readFiles(incident.files)].filter(([name]) => name.startsWith(`${source.name}/`));
      const oracleSource = plain.sources[source.name];
      if (oracleSource === undefined) throw new RangeError(`${source.name} is not in the map`);
      for (const [name, text] of texts) {
        const { events, rejected } = readRows(source, text);
        const expected = readSource(oracleSource, [text]);
        const distinct = new Set(events.map(ofRow));
        const place = `incident ${seed}, ${name} (${source.format})`;
        if (rejected !== expected.rejected)
          wrong.push(`${place}: ${rejected} rejected, not ${expected.rejected}`);
        const should = new Set(expected.events.map(ofOracle));
        wrong.push(...[...distinct.difference(should)].map((event) => `${place}: ${event} is too much`));
        wrong.push(...[...should.difference(distinct)].map((event) => `${place}: ${event} is missing`));
      }
    }
  }
  expect(wrong).toEqual([]);
});
