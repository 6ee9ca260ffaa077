import { fileURLToPath } from "node:url";
import type { Journal } from "@cordon/journal-postgres";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { Worker } from "../workers/worker.ts";
import { JointProgress } from "./joint-progress.ts";

/** How often a server asks what others have written, and what they have decided besides. */
const journalEveryMs = 200;
const stateEveryMs = 1000;

/** The tables that the servers of one database share besides the journal. */
export async function migrateJoint(journal: Journal): Promise<void> {
  await journal.migrate({
    schema: "control_plane",
    folder: fileURLToPath(new URL("../../migrations", import.meta.url)),
  });
}

/**
 * Makes sure that this server signs with the keys of the others: the first one that comes says which they are. Throws
 * ERR_PLANE_KEYS.
 */
export async function checkJointKey(journal: Journal, name: string, publicKeyPem: string): Promise<void> {
  await journal.pool.query(
    "insert into control_plane.public_key (name, public_key) values ($1, $2) on conflict do nothing",
    [name, publicKeyPem],
  );
  const { rows } = await journal.pool.query<{ public_key: string }>(
    "select public_key from control_plane.public_key where name = $1",
    [name],
  );
  if (rows[0]?.public_key === publicKeyPem) return;
  throw new ControlPlaneError(
    "ERR_PLANE_KEYS",
    `HOME/keys holds another \`${name}\` key than the servers of this database sign with`,
    { hint: "give this home a copy of their HOME/keys" },
  );
}

/**
 * Brings here what other servers of the database do: their part of the journal, the bundles that they put in force, their
 * decisions on releases, the reports that points gave to them.
 */
export function joinServers(plane: Plane, onNote: (note: string) => void): Worker {
  const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  plane.journal.subscribe(() => plane.wake());
  plane.journal.follow({
    everyMs: journalEveryMs,
    onFailure: (error) => onNote(`the journal can't be followed: ${said(error)}`),
  });
  const shared = new JointProgress(plane.journal.pool);
  let looked = -Infinity;
  return new Worker({
    name: "join-servers",
    async run() {
      await plane.record.catchUp();
      const last = plane.record.bundle();
      if (last !== null && (plane.bundles.served?.version ?? 0) < last.version)
        await plane.bundles.join(last);
      // It is woken with every command; what the journal does not tell is asked for no more often than it is.
      const leftMs = looked + journalEveryMs - plane.clock();
      if (leftMs > 0 && leftMs <= journalEveryMs) return leftMs;
      looked = plane.clock();
      await plane.release.catchUp();
      await shared.write(plane.progress.takeFresh());
      for (const report of await shared.news()) plane.progress.learn(report);
      return stateEveryMs;
    },
    onFailure: (name, error) => onNote(`${name}: ${said(error)}`),
  });
}
