import type { SeenTime } from "../../src/offline/index.ts";
import { answered, fact, keepFact } from "./database.ts";

/** Between two notes of the time; a clock turned back by less goes unseen. */
const noteEveryMs = 60_000;

/** The time as it is known here. Notes it, so that a clock which is turned back later is seen. */
export async function seenTime(database: IDBDatabase, nowMs: number): Promise<SeenTime> {
  const highestSeenMs = (await fact(database, "highestSeenMs")) ?? nowMs;
  if (nowMs >= highestSeenMs + noteEveryMs) await keepFact(database, "highestSeenMs", nowMs);
  return { nowMs, highestSeenMs: Math.max(nowMs, highestSeenMs) };
}

/** The server's time counts, also when it is earlier: a clock that once stood years ahead would lock everything for good. */
export function noteServerTime(database: IDBDatabase, serverMs: number): Promise<void> {
  return keepFact(database, "highestSeenMs", serverMs);
}

/** Notes the epoch that copies must have; the highest one heard counts. Resolves with it. */
export async function raiseEpoch(database: IDBDatabase, epoch: number): Promise<number> {
  const transaction = database.transaction("facts", "readwrite");
  const facts = transaction.objectStore("facts");
  const before = ((await answered(facts.get("requiredEpoch"))) ?? 0) as number;
  if (epoch > before) await answered(facts.put(epoch, "requiredEpoch"));
  return Math.max(before, epoch);
}
