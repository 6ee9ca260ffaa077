import type { Journal, RecordedEvent } from "@cordon/journal-postgres";
import {
  defaultLimits,
  evolve,
  evolveLimits,
  type BundlePutInForce,
  type Incident,
  type IncidentEvent,
  type LimitsState,
} from "@cordon/response";
import { Lane } from "../lane.ts";
import type { PreparedBundle } from "../trust/prepared-bundle.ts";
import { CommandMemory, type RememberedCommand } from "./command-memory.ts";
import { incidentEventOf, limitsEventOf } from "./recorded-event.ts";
import { afterEvent } from "./prepared-record.ts";
import {
  bundleStream,
  incidentOfRetention,
  incidentOfStream,
  limitsStream,
  preparedStream,
} from "./streams.ts";

/** Events that are read from the journal at a time. */
const pageEvents = 1000;

export interface BundleInForce extends BundlePutInForce {
  readonly atMs: number;
}

/** What has been read so far. */
interface ReadSoFar {
  nextSeq: number;
  bundle: BundleInForce | null;
  prepared: PreparedBundle | null;
  limits: LimitsState;
  readonly incidents: Map<string, Incident>;
  readonly streamVersions: Map<string, number>;
  readonly commands: CommandMemory;
}

function nothingRead(): ReadSoFar {
  return {
    nextSeq: 0,
    bundle: null,
    prepared: null,
    limits: defaultLimits,
    incidents: new Map(),
    streamVersions: new Map(),
    commands: new CommandMemory(),
  };
}

/**
 * All incidents as the journal has them. It is made anew from the journal at every start, and whatever a command decides
 * is decided on it; nothing else is the truth about an incident.
 */
export class IncidentRecord {
  readonly #journal: Journal;
  readonly #reading = new Lane();
  /** The next reading, while it waits for its turn; null: none does. */
  #next: Promise<void> | null = null;
  #read = nothingRead();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Reads what the journal has and the record has not, whoever appended it. After an erasure everything is read anew, so
   * that what was erased is not in memory either.
   */
  catchUp(): Promise<void> {
    // A reading that has not begun sees all that stands now, so whoever comes meanwhile waits for that one.
    this.#next ??= this.#reading.run(async () => {
      this.#next = null;
      const isFirst = this.#read.nextSeq === 0;
      const erased = await this.#readOn(this.#read);
      if (!erased || isFirst) return;
      // Beside the old one, so that nobody sees a record that is half read.
      const anew = nothingRead();
      await this.#readOn(anew);
      this.#read = anew;
    });
    return this.#next;
  }

  /** What a command that came with a key has made; null when none did. */
  command(operator: string, key: string): RememberedCommand | null {
    return this.#read.commands.find(operator, key);
  }

  incident(incidentId: string): Incident | null {
    return this.#read.incidents.get(incidentId) ?? null;
  }

  /** In the order in which they were opened. */
  incidents(): readonly Incident[] {
    return [...this.#read.incidents.values()];
  }

  /** The bundle that was put in force last; null before the first. */
  bundle(): BundleInForce | null {
    return this.#read.bundle;
  }

  /** The bundle that waits for signatures; null when none does. */
  prepared(): PreparedBundle | null {
    return this.#read.prepared;
  }

  /** How many people must agree to what, now. */
  limits(): LimitsState {
    return this.#read.limits;
  }

  /** How many events a stream has: what the next append to it expects. */
  streamVersion(stream: string): number {
    return this.#read.streamVersions.get(stream) ?? 0;
  }

  /** The measures of all plans that were ever approved, with their plan. */
  takenMeasures(): ReadonlyMap<string, string> {
    const taken = new Map<string, string>();
    for (const incident of this.#read.incidents.values()) {
      for (const plan of incident.plans) {
        if (plan.approved === null) continue;
        for (const { id } of plan.measures) taken.set(id, plan.planId);
      }
    }
    return taken;
  }

  /** Resolves to whether an erasure was among what was read. */
  async #readOn(read: ReadSoFar): Promise<boolean> {
    let erased = false;
    for (;;) {
      const events = await this.#journal.readAll(read.nextSeq, pageEvents);
      for (const event of events) {
        erased ||= event.type === "event-erased";
        take(read, event);
      }
      if (events.length < pageEvents) return erased;
    }
  }
}

function take(read: ReadSoFar, recorded: RecordedEvent): void {
  read.nextSeq = recorded.seq + 1;
  read.streamVersions.set(recorded.stream, recorded.version + 1);
  if (recorded.stream === preparedStream) {
    read.prepared = afterEvent(read.prepared, recorded);
    return;
  }
  if (recorded.stream === limitsStream) {
    const event = limitsEventOf(recorded);
    if (event !== null) read.limits = evolveLimits(read.limits, event, recorded.atMs);
    return;
  }
  const event = incidentEventOf(recorded);
  if (event === null) return;
  if (recorded.stream === bundleStream && event.type === "bundle-in-force") {
    read.bundle = { ...event.data, atMs: recorded.atMs };
    // Whatever was prepared for this version or one before it comes too late.
    if (read.prepared !== null && read.prepared.data.version <= event.data.version) read.prepared = null;
    for (const incidentId of read.incidents.keys()) evolveOne(read, incidentId, event, recorded.atMs);
    return;
  }
  const incidentId = incidentOfStream(recorded.stream) ?? incidentOfRetention(recorded.stream);
  if (incidentId === null || event.type === "bundle-in-force") return;
  evolveOne(read, incidentId, event, recorded.atMs);
  if (event.data.command !== undefined) {
    read.commands.remember(event.data.by, event.data.command, { incidentId, event });
  }
}

function evolveOne(read: ReadSoFar, incidentId: string, event: IncidentEvent, atMs: number): void {
  const next = evolve(read.incidents.get(incidentId) ?? null, event, atMs);
  if (next !== null) read.incidents.set(incidentId, next);
}
