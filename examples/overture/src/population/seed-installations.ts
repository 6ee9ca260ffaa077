import type { DatabaseSync } from "node:sqlite";

import type { Platform } from "@cordon/model";

import { insertAll } from "./transaction.ts";

export interface InstallationSeed {
  readonly id: string;
  readonly accountId: string;
  readonly platform: Platform;
  readonly store: string;
  readonly version: string;
  readonly lastSeenMs: number;
  readonly hasOffline: boolean;
  /** Of the copies it holds; 1 is the first epoch. */
  readonly offlineEpoch: number;
}

/** Adds installations; throws when an id is there already. Returns how many were added. */
export function seedInstallations(database: DatabaseSync, installations: Iterable<InstallationSeed>): number {
  const insert = database.prepare("INSERT INTO installations VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  return insertAll(database, installations, (each) => {
    const { id, accountId, platform, store, version, lastSeenMs, offlineEpoch } = each;
    insert.run(id, accountId, platform, store, version, lastSeenMs, each.hasOffline ? 1 : 0, offlineEpoch);
  });
}
