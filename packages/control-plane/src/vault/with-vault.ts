import { openJournal } from "@cordon/journal-postgres";
import { IncidentRecord } from "../record/incident-record.ts";
import { migrateJoint } from "../release/join-servers.ts";
import type { VaultPlace } from "./vault-place.ts";
import { Vault } from "./vault.ts";

/**
 * Opens journal and keys of a home for one command, beside a server of it or without, and closes them again. Throws what opening
 * them and `work` throw.
 */
export async function withVault<Result>(
  options: {
    readonly home: string;
    readonly databaseUrl: string | null;
    readonly clock: () => number;
    readonly randomBytes: (count: number) => Uint8Array;
  },
  work: (place: VaultPlace) => Promise<Result>,
): Promise<Result> {
  const vault = new Vault(options.randomBytes);
  const journal = await openJournal({ ...options, sealing: vault, stopEmbedded: "when-started" });
  try {
    await migrateJoint(journal);
    await vault.open(options.home, journal);
    const record = new IncidentRecord(journal);
    await record.catchUp();
    return await work({ journal, record, vault, clock: options.clock });
  } finally {
    await journal.close();
  }
}
