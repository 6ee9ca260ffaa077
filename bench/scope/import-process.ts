/**
 * Imports evidence, or only reads it (the floor), and sends what it took to the parent. A process of its own, so that its
 * memory is the import's.
 */
import { parseDataMap } from "@cordon/evidence";
import { importEvidence } from "@cordon/lake";
import { createReadStream } from "node:fs";

import { mapJson } from "./events.ts";
import { peakRssBytes } from "./peak-rss.ts";

export interface ImportOrder {
  readonly evidenceFolder: string;
  /** Null: the bytes of `file` are read and left. */
  readonly lakeFolder: string | null;
  readonly file: string;
}

export interface ImportFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  /** Null when they were imported. */
  readonly bytesLeft: number | null;
  /** Zero when the bytes were only read. */
  readonly events: number;
  readonly rejected: number;
  readonly duplicates: number;
}

async function run({ evidenceFolder, lakeFolder, file }: ImportOrder): Promise<void> {
  const started = process.hrtime.bigint();
  let counts = { events: 0, rejected: 0, duplicates: 0 };
  let bytes = 0;
  if (lakeFolder === null) {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>)
      bytes += chunk.length;
  } else counts = await importEvidence({ map: parseDataMap(mapJson), evidenceFolder, lakeFolder });
  const { user, system } = process.cpuUsage();
  const figures: ImportFigures = {
    seconds: Number(process.hrtime.bigint() - started) / 1e9,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: peakRssBytes(),
    bytesLeft: lakeFolder === null ? bytes : null,
    events: counts.events,
    rejected: counts.rejected,
    duplicates: counts.duplicates,
  };
  process.send?.(figures);
  process.disconnect();
}

process.once("message", (order) => {
  void run(order as ImportOrder);
});
