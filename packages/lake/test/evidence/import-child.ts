import { readFile } from "node:fs/promises";

import { parseDataMap } from "@cordon/evidence";
import { importEvidence } from "@cordon/lake";

// node import-child.ts MAP-JSON EVIDENCE LAKE: one import in small batches, to be killed.
const [, , mapFile = "", evidenceFolder = "", lakeFolder = ""] = process.argv;
const map = parseDataMap(JSON.parse(await readFile(mapFile, "utf8")) as unknown);
process.stdout.write("begun\n");
await importEvidence({
  map,
  evidenceFolder,
  lakeFolder,
  limits: { batchRows: 4000, partsOfDayMax: 3, talliedEventsMin: 100, blockBytes: 64 * 1024 },
});
process.stdout.write("done\n");
