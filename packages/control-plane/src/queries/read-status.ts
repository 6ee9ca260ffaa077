import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Status } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";
import { listIncidents } from "./read-incident.ts";

/** Incidents that are shown at a glance; the rest are read page by page. */
const incidentsShownMax = 1000;

/** Everything at a glance, without anything about a single customer. `version` is the server's own. */
export async function readStatus(plane: Plane, version: string): Promise<Status> {
  const { incidents } = await listIncidents(plane, { cursor: null, limit: incidentsShownMax });
  const directory = await plane.directory.state();
  return {
    at: formatInstant(plane.clock()),
    version,
    incidents,
    bundle: bundleView(plane),
    directory:
      directory === null
        ? null
        : { accounts: directory.accounts, installations: directory.installations, asOf: directory.asOf },
    journal: { entries: plane.journal.treeSize, checkpoint: await newestCheckpoint(plane.journal.folder) },
    enforcementPoints: plane.progress.all(),
  };
}

function bundleView(plane: Plane): Status["bundle"] {
  const bundle = plane.record.bundle();
  if (bundle === null) return null;
  const { version, sha256, bytes, asOf, rules, atMs } = bundle;
  return {
    version,
    sha256,
    bytes,
    asOf,
    inForceAt: formatInstant(atMs),
    rules: rules.map((rule) => ({ ...rule })),
  };
}

/** C2SP tlog-checkpoint: origin, size and root hash are the first three lines. */
async function newestCheckpoint(folder: string): Promise<Status["journal"]["checkpoint"]> {
  const [, size, rootHash] = (await readFile(join(folder, "checkpoint"), "utf8")).split("\n");
  return size === undefined || rootHash === undefined ? null : { size: Number(size), rootHash };
}
