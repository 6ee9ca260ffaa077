import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openJournal, type Witness } from "@cordon/journal-postgres";
import { cordonHolidays, cordonRules, type DutyBook } from "@cordon/response";
import { AttachmentStore } from "./attachments/attachment-store.ts";
import { BundleFolder } from "./bundle-folder.ts";
import type { Operators } from "./caller.ts";
import { bundleKeysOf, freshnessKeysOf } from "./bundle-key-files.ts";
import { DirectoryFeed, type DirectoryOrigin } from "./directory-feed.ts";
import { DecidingLanes } from "./deciding-lanes.ts";
import { AdvisoryFolder } from "./notices/advisory-folder.ts";
import type { ChannelsOrigin, MailOrigin } from "./notices/channel-origins.ts";
import { NoticeDesk } from "./notices/notice-desk.ts";
import type { Plane } from "./plane.ts";
import { ProgressBoard } from "./progress-board.ts";
import { IncidentRecord } from "./record/incident-record.ts";
import { BundleDeltas } from "./release/bundle-deltas.ts";
import { FreshnessFile, stampEveryMs } from "./release/freshness-stamps.ts";
import { checkJointKey, joinServers, migrateJoint } from "./release/join-servers.ts";
import { Release } from "./release/release.ts";
import { JointBundles } from "./release/joint-bundles.ts";
import { JointRelease } from "./release/joint-release.ts";
import { witnessWorkers } from "./release/witness-workers.ts";
import { needsBundle, publishBundle } from "./workers/publish-bundle.ts";
import type { PrometheusOrigin } from "./watch/prometheus-rates.ts";
import { pollRates } from "./workers/poll-rates.ts";
import { SampleBoard } from "./watch/sample-board.ts";
import { sealAttachments } from "./workers/seal-attachments.ts";
import { noticesToSend, sendNotice } from "./workers/send-notice.ts";
import { hasDuties, watchDuties } from "./workers/watch-duties.ts";
import { shredIncidents } from "./workers/shred-incidents.ts";
import { watchRuns } from "./workers/watch-runs.ts";
import { Vault } from "./vault/vault.ts";
import { withLease } from "./workers/with-lease.ts";
import { Worker } from "./workers/worker.ts";

export interface ControlPlaneOptions {
  /** HOME as an absolute path. */
  readonly home: string;
  /** `DATABASE_URL`; null for the embedded PostgreSQL in HOME/postgres. */
  readonly databaseUrl: string | null;
  readonly directory: DirectoryOrigin | null;
  readonly mail: MailOrigin | null;
  /** Channels beside e-mail, and what comes back; left out: none. */
  readonly channels?: ChannelsOrigin;
  readonly operators: Operators;
  /** Rules and holidays of legal deadlines; left out: those that come with Cordon. */
  readonly duties?: DutyBook;
  /** Who cosigns the journal's checkpoints; left out: nobody. */
  readonly witnesses?: readonly Witness[];
  /** Where watched rates are asked for; left out: they are reported. */
  readonly rates?: PrometheusOrigin;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** What somebody who watches the process should know: one line, without personal data. */
  readonly onNote: (note: string) => void;
}

/** The control plane of one HOME: it alone writes. `close` ends it in order. */
export interface ControlPlane extends Plane {
  close(): Promise<void>;
}

/** How long a worker waits for a lease that another process holds. */
const leasePauseMs = 1000;

/**
 * Opens HOME: journal and database, the incidents as the journal tells them, the bundle in force; then the workers go on
 * where they were. Throws JournalError, NoticeError, LakeError and the errors of the file system.
 */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { home, clock, randomBytes, onNote } = options;
  await mkdir(join(home, "evidence"), { recursive: true, mode: 0o700 });
  const sealing = new Vault(randomBytes);
  const { databaseUrl } = options;
  const journal = await openJournal({ home, databaseUrl, clock, randomBytes, sealing });
  const closers: (() => Promise<void>)[] = [() => journal.close()];
  try {
    await migrateJoint(journal);
    await sealing.open(home, journal);
    const record = new IncidentRecord(journal);
    await record.catchUp();
    const directory = await DirectoryFeed.open(home, options.directory, clock);
    closers.unshift(() => {
      directory.close();
      return Promise.resolve();
    });
    const desk = await NoticeDesk.open(journal, {
      home,
      mail: options.mail,
      channels: options.channels ?? {},
      clock,
      randomBytes,
    });
    closers.unshift(() => desk.close());
    const bundles = new BundleFolder(join(home, "bundles"), new JointBundles(journal.pool), () =>
      record.bundle(),
    );
    if (!(await bundles.recover(record.bundle()))) {
      onNote("the bytes of the bundle in force are lost or changed: the next one is built in its place");
    }
    const progress = new ProgressBoard();
    const reports = () => progress.all();
    const folder = join(home, "bundles");
    const shared = new JointRelease(journal.pool);
    const release = await Release.open({ folder, bundles, clock, reports, onNote, shared });
    const { privateKeyPem } = await freshnessKeysOf(home);
    const bundleKeys = await bundleKeysOf(home);
    await checkJointKey(journal, "bundle", bundleKeys.publicKeyPem);
    const workers: Worker[] = [];
    const plane: Plane = {
      home,
      operators: options.operators,
      journal,
      record,
      deciding: new DecidingLanes(),
      underWay: new Map(),
      directory,
      bundles,
      release,
      deltas: new BundleDeltas(bundles),
      freshness: new FreshnessFile(home, privateKeyPem),
      bundleKeys,
      vault: sealing,
      publishing: { attempts: 0, lastFailure: null },
      desk,
      duties: options.duties ?? { pack: cordonRules, calendars: cordonHolidays },
      progress,
      samples: new SampleBoard(journal.pool),
      attachments: new AttachmentStore(home, sealing, randomBytes),
      clock,
      randomBytes,
      wake: () => workers.forEach((worker) => worker.wake()),
    };
    const owner = Buffer.from(randomBytes(8)).toString("hex");
    workers.push(
      publisher(plane, owner, onNote),
      sender(plane, owner, onNote),
      advisoryPublisher(plane, onNote),
      stamper(plane, owner, onNote),
      promoter(plane, onNote),
      shredder(plane, owner, onNote),
      attachmentSealer(plane, onNote),
      runWatcher(plane, owner, onNote),
      dutyWatcher(plane, owner, onNote),
      ...(options.rates === undefined ? [] : [ratePoller(plane, options.rates, onNote)]),
      joinServers(plane, onNote),
      ...witnessWorkers(plane, { witnesses: options.witnesses ?? [], owner, onNote }),
    );
    release.onChange(() => plane.wake());
    closers.unshift(async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await plane.deciding.idle();
    });
    return { ...plane, close: once(() => closeAll(closers)) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

function publisher(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "publish-bundle",
    async run(signal) {
      await plane.record.catchUp();
      if (!needsBundle(plane)) return null;
      const done = { again: false };
      const held = await withLease(
        plane.journal.leases,
        { name: "publish-bundle", owner, signal },
        async () => {
          plane.publishing.attempts += 1;
          done.again = await publishBundle(plane);
          plane.publishing.attempts = 0;
          plane.publishing.lastFailure = null;
        },
      );
      if (!held) return leasePauseMs;
      return done.again ? 0 : null;
    },
    onFailure: (name, error) => {
      plane.publishing.lastFailure = messageOf(error);
      onNote(`${name}: ${messageOf(error)}`);
    },
  });
}

function sender(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "send-notice",
    async run(signal) {
      await plane.record.catchUp();
      let nextMs: number | null = null;
      for (const { incident, notice } of await noticesToSend(plane)) {
        if (signal.aborted) return null;
        const name = `notice/${notice.noticeId}`;
        const pause: { ms: number | null } = { ms: null };
        const held = await withLease(plane.journal.leases, { name, owner, signal }, async (whileHeld) => {
          pause.ms = await sendNotice(plane, incident.incidentId, notice.noticeId, whileHeld);
        });
        const waitMs = held ? pause.ms : leasePauseMs;
        if (waitMs !== null) nextMs = Math.min(nextMs ?? Infinity, waitMs);
      }
      return nextMs;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Keeps the public pages at what was approved and still holds. */
function advisoryPublisher(plane: Plane, onNote: (note: string) => void): Worker {
  const advisory = new AdvisoryFolder(plane.home);
  return new Worker({
    name: "publish-advisory",
    async run() {
      await plane.record.catchUp();
      await advisory.bringUpToDate(plane.record.incidents());
      return null;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Says anew, every few minutes, which bundle every point should have. */
function stamper(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  // It is woken with every command; the stamp is looked at when it is of another bundle or its time has come.
  const looked = { version: 0, againAtMs: 0 };
  return new Worker({
    name: "stamp-freshness",
    async run(signal) {
      const bundle = plane.release.promoted;
      if (bundle === null) return null;
      const leftMs = looked.againAtMs - plane.clock();
      if (bundle.version === looked.version && leftMs > 0 && leftMs <= stampEveryMs) return leftMs;
      const next = { ms: leasePauseMs };
      // Each home has a file of its own.
      const name = `stamp-freshness/${plane.journal.homeId}`;
      await withLease(plane.journal.leases, { name, owner, signal }, async () => {
        next.ms = await plane.freshness.renew(bundle, plane.clock());
        looked.version = bundle.version;
        looked.againAtMs = plane.clock() + next.ms;
      });
      return next.ms;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Lets go what was decided to be let go. */
function shredder(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  const cleared = new Set<string>();
  return new Worker({
    name: "shred-incidents",
    run: (signal) => shredIncidents(plane, { owner, signal, cleared }),
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Once at every start. */
function attachmentSealer(plane: Plane, onNote: (note: string) => void): Worker {
  const done = { once: false };
  return new Worker({
    name: "seal-attachments",
    async run(signal) {
      if (!done.once) await sealAttachments(plane, signal);
      done.once = true;
      return null;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Pauses runs that hurt and completes those that have ended. */
function runWatcher(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "watch-runs",
    async run(signal) {
      const next: { ms: number | null } = { ms: leasePauseMs };
      const name = "watch-runs";
      await withLease(plane.journal.leases, { name, owner, signal }, async () => {
        next.ms = await watchRuns(plane);
      });
      return next.ms;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Puts on record that a duty is due soon, or overdue. */
function dutyWatcher(plane: Plane, owner: string, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "watch-duties",
    async run(signal) {
      await plane.record.catchUp();
      if (!hasDuties(plane)) return null;
      const next: { ms: number | null } = { ms: leasePauseMs };
      await withLease(plane.journal.leases, { name: "watch-duties", owner, signal }, async () => {
        next.ms = await watchDuties(plane);
      });
      return next.ms;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Each server asks by itself: rates must be known also when the others are gone. */
function ratePoller(plane: Plane, origin: PrometheusOrigin, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "poll-rates",
    run: () => pollRates(plane, origin),
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

/** Gives a staged bundle to every point when its time has come. */
function promoter(plane: Plane, onNote: (note: string) => void): Worker {
  return new Worker({
    name: "promote-release",
    async run() {
      const dueInMs = plane.release.dueInMs();
      if (dueInMs !== 0) return dueInMs;
      await plane.release.promote();
      return null;
    },
    onFailure: (name, error) => onNote(`${name}: ${messageOf(error)}`),
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends everything even when one end fails; the first failure is thrown. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function once(work: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | null = null;
  return () => (ended ??= work());
}
