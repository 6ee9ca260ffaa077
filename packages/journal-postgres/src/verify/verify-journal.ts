import path from "node:path";
import { parseVerifierKey, type VerifierKey } from "@cordon/transparency";
import type pg from "pg";
import { Database, databaseError, isConnectionLost } from "../database/database.ts";
import { JournalError } from "../errors.ts";
import { asWriter } from "../log/head.ts";
import { readHomeId } from "../log/home-id.ts";
import { keyFile } from "../log/journal-key.ts";
import { LogFolder } from "../log/log-folder.ts";
import { checkpointFile, indexFile } from "../log/publish.ts";
import { settle } from "../log/settle.ts";
import { clusterExists } from "../postgres/cluster.ts";
import { EventCheck } from "./check-events.ts";
import { checkCheckpoint, checkKey } from "./check-head.ts";
import type { ForeignCheckpoint } from "./check-kept.ts";
import { checkLog } from "./check-log.ts";
import { urlSource, type LogSource } from "./log-source.ts";
import { Findings, reasonOf, type Verification } from "./verification.ts";

interface Pinning {
  /** The key that the log must have; null: its own is taken. */
  readonly pinnedKey: VerifierKey | null;
  /** Checkpoints kept elsewhere, which the log must still contain. */
  readonly checkpoints: readonly ForeignCheckpoint[];
}

export interface VerifyHomeOptions extends Pinning {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Checks the journal of a home: log and events (contracts 7). A journal that a crash left between database and files is
 * completed first, as its next writer would. Memory does not grow with the events. Throws ERR_JOURNAL_ABSENT without
 * a journal or database; whatever is wrong with them otherwise is the answer.
 */
export async function verifyHome(options: VerifyHomeOptions): Promise<Verification> {
  const home = path.resolve(options.home);
  const log = new LogFolder(path.join(home, "journal"));
  if ((await log.list(".")).length === 0) {
    throw new JournalError(
      "ERR_JOURNAL_ABSENT",
      `\`${log.folder}\` holds no journal, expected a home that was used`,
    );
  }
  const database = await openExisting({ ...options, home });
  try {
    return await verifyWith(database, log, options);
  } catch (error) {
    throw isConnectionLost(error) ? databaseError("the database was lost during the check", error) : error;
  } finally {
    await database.close("when-started");
  }
}

/** The database of a home that must be there already. Throws ERR_JOURNAL_ABSENT. */
export async function openExisting(options: {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
}): Promise<Database> {
  const { home, databaseUrl } = options;
  if (databaseUrl === null && !(await clusterExists(path.join(home, "postgres")))) {
    throw new JournalError(
      "ERR_JOURNAL_ABSENT",
      `\`${home}\` holds no database, expected \`postgres\` in it or DATABASE_URL`,
    );
  }
  const database = await Database.open(options);
  database.stopAtExit();
  return database;
}

async function verifyWith(database: Database, log: LogFolder, pinning: Pinning): Promise<Verification> {
  const writer = await database.connect();
  const reader = await database.connect();
  try {
    // While the lock is held, database and files say the same; what comes later is outside of the snapshot.
    const { source, unsettled } = await asWriter(writer, async () => {
      const reason = await settleIfPossible(writer, log);
      await reader.query("begin isolation level repeatable read read only");
      await reader.query("select");
      return { source: await frozen(log), unsettled: reason };
    });
    const findings = new Findings();
    const events = new EventCheck(reader, findings);
    const result = await verifyLog({ source, events, findings, ...pinning });
    if (!result.verified || unsettled === null) return result;
    // Every single check passed, and yet the next writer would refuse this journal.
    return { ...result, verified: false, failure: { path: null, seq: null, reason: unsettled } };
  } finally {
    await Promise.all([writer.end(), reader.end()]);
  }
}

/** Why the journal can't be brought to rest; null when it is at rest. The checks that follow say it better. */
async function settleIfPossible(client: pg.ClientBase, log: LogFolder): Promise<string | null> {
  try {
    const line = await log.read(keyFile);
    if (line === null) return "the log's key is missing";
    const key = parseVerifierKey(Buffer.from(line).toString("utf8"));
    const homeId = await readHomeId(path.dirname(log.folder));
    await settle(client, { log, key, homeId, mayBegin: false }, null);
    return null;
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    return reasonOf(error);
  }
}

/** The folder with those files as they stand now that a writer changes in place. */
async function frozen(log: LogFolder): Promise<LogSource> {
  const [checkpoint, index, names] = await Promise.all([
    log.read(checkpointFile),
    log.read(indexFile),
    log.list("checkpoints"),
  ]);
  const held = new Map([
    [checkpointFile, checkpoint],
    [indexFile, index],
  ]);
  return {
    read: (file) => {
      const bytes = held.get(file);
      return bytes === undefined ? log.read(file) : Promise.resolve(bytes);
    },
    list: () => Promise.resolve(names),
  };
}

export interface VerifyUrlOptions extends Pinning {
  readonly url: string;
  readonly pinnedKey: VerifierKey;
  readonly fetchFile: typeof fetch;
}

/** Checks the log that a server shows, without its events. Throws ERR_JOURNAL_ABSENT when there is none to be had. */
export async function verifyUrl({ url, fetchFile, ...pinning }: VerifyUrlOptions): Promise<Verification> {
  const source = urlSource(url, fetchFile);
  const [key, checkpoint] = await Promise.all([source.read(keyFile), source.read(checkpointFile)]);
  if (key === null && checkpoint === null) {
    throw new JournalError(
      "ERR_JOURNAL_ABSENT",
      `${url}: holds no journal, expected \`key\` and \`checkpoint\` there`,
    );
  }
  return verifyLog({ source, events: null, findings: new Findings(), ...pinning });
}

async function verifyLog(
  given: Pinning & {
    readonly source: LogSource;
    /** null: the log alone. */
    readonly events: EventCheck | null;
    readonly findings: Findings;
  },
): Promise<Verification> {
  const { source, events, findings, pinnedKey, checkpoints: foreign } = given;
  const conclude = (entries: number, checkpoints: number): Verification => {
    const failure = findings.first();
    const counts = events === null ? null : events.counts;
    const verified = failure === null;
    return { verified, entries, checkpoints, keyPinned: pinnedKey !== null, events: counts, failure };
  };
  const key = await checkKey(source, pinnedKey, findings);
  if (key === null) return conclude(0, 0);
  const head = await checkCheckpoint(source, key, findings);
  if (head === null) return conclude(0, 0);
  const { checkpoint, bytes } = head;
  await events?.begin();
  const onEntry = async (...entry: Parameters<EventCheck["entry"]>): Promise<void> => events?.entry(...entry);
  const checkpoints = await checkLog({ source, key, checkpoint, foreign, findings, onEntry });
  await events?.end(checkpoint.size, bytes, key.line);
  return conclude(checkpoint.size, checkpoints);
}
