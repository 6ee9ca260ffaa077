import type { Journal } from "@cordon/journal-postgres";
import type { IncidentRecord } from "../record/incident-record.ts";
import type { Vault } from "./vault.ts";

/** A home's incidents, opened for one command. */
export interface VaultPlace {
  readonly journal: Journal;
  readonly record: IncidentRecord;
  readonly vault: Vault;
  readonly clock: () => number;
}
