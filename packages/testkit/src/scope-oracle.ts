import { readSource, type OracleEvent, type OracleReading } from "./scope-oracle-events.ts";
import { gapsOf, type OracleGap } from "./scope-oracle-gaps.ts";
import {
  byCodePoint,
  instantUs,
  oneOrMore,
  operationsOf,
  skewOf,
  storesWatchedBy,
  touch,
  type OracleMap,
  type OracleQuestion,
  type OracleSource,
} from "./scope-oracle-map.ts";

export interface OracleAsked {
  /** Plain values as the YAML files hold them. */
  readonly map: unknown;
  readonly question: unknown;
  readonly population: number | null;
  readonly directory: readonly { readonly account_id: string; readonly created_at?: string }[] | null;
  /** Text of each file after decompression, by its name in the evidence folder. */
  readonly evidence: ReadonlyMap<string, string>;
}

interface Bounds {
  readonly kind: "exactly" | "between";
  readonly atLeast: number;
  readonly atMost: number;
}

interface ClassLists {
  readonly accessed: readonly string[];
  readonly notAccessed: readonly string[];
  readonly unknown: readonly string[];
}

/** The fields of an answer that contracts 2 fixes, but for the digests. */
export interface OracleAnswer {
  readonly accounts: Bounds;
  readonly accountIds: readonly string[];
  readonly dataClasses: ClassLists;
  readonly attempted: { readonly events: number; readonly accounts: number };
  readonly decoysTouched: readonly string[];
  readonly decoysTouchedByOthers: readonly string[];
  readonly firstAccess: string | null;
  readonly lastAccess: string | null;
  readonly unclassified: { readonly events: number; readonly operations: readonly string[] };
  readonly coverage: {
    readonly complete: boolean;
    readonly gaps: readonly Readonly<Record<"source" | "store" | "from" | "to" | "reason", string | null>>[];
    readonly asserted: readonly string[];
  };
  readonly effects: Readonly<Record<"read" | "write" | "delete", number>>;
  readonly ifAssertionsHold: {
    readonly accounts: Bounds;
    readonly dataClasses: ClassLists;
    readonly complete: boolean;
  } | null;
  readonly evidence: Readonly<Record<"events" | "suspectEvents" | "duplicates" | "rejected", number>>;
}

/** An event and how sure it is that it is a suspect's and inside the window. */
interface Placed {
  readonly event: OracleEvent;
  readonly source: OracleSource;
  readonly suspect: "surely" | "possibly" | "no";
  readonly inside: "surely" | "possibly" | "no";
}

/** The answer as contracts 1 and 2 say it, worked out in the plainest way: everything in memory, no step saved. */
export function answerPlainly(asked: OracleAsked): OracleAnswer {
  return new PlainReading(asked).answer();
}

class PlainReading {
  readonly #asked: OracleAsked;
  readonly #map: OracleMap;
  readonly #question: OracleQuestion;
  readonly #window: { readonly fromUs: number; readonly toUs: number };
  readonly #decoys: ReadonlySet<string>;
  readonly #readings: ReadonlyMap<string, OracleReading>;
  readonly #placed: readonly Placed[];

  constructor(asked: OracleAsked) {
    this.#asked = asked;
    // The edge where plain values become typed: what is no map or question makes the oracle fail, not judge.
    this.#map = asked.map as OracleMap;
    this.#question = asked.question as OracleQuestion;
    const { from, to } = this.#question.window;
    this.#window = { fromUs: instantUs(from) ?? NaN, toUs: instantUs(to) ?? NaN };
    this.#decoys = new Set(this.#question.decoys);
    this.#readings = new Map(
      Object.entries(this.#map.sources).map(([name, source]) => [
        name,
        readSource(source, this.#textsOf(name)),
      ]),
    );
    this.#placed = Object.entries(this.#map.sources).flatMap(([name, source]) =>
      (this.#readings.get(name)?.events ?? []).map((event) => ({
        event,
        source,
        suspect: this.#isSuspect(source, event),
        inside: this.#isInside(source, event),
      })),
    );
  }

  #textsOf(source: string): readonly string[] {
    return [...this.#asked.evidence]
      .filter(([file]) => file.startsWith(`${source}/`))
      .map(([, text]) => text);
  }

  /** "Any entry may match; within an entry all fields must"; a field that the source does not map may be anything. */
  #isSuspect(source: OracleSource, event: OracleEvent): Placed["suspect"] {
    const matches = this.#question.suspect.map((suspect) => {
      const mapped = Object.keys(suspect).filter((field) => source.fields[field] !== undefined);
      if (mapped.some((field) => event.fields[field] !== suspect[field])) return "no";
      return mapped.length === Object.keys(suspect).length ? "surely" : "possibly";
    });
    return (
      matches.find((match) => match === "surely") ?? matches.find((match) => match === "possibly") ?? "no"
    );
  }

  /** "Less than `skew` from an edge of the window, on either side, is only possibly inside." */
  #isInside(source: OracleSource, { atUs }: OracleEvent): Placed["inside"] {
    const { fromUs, toUs } = this.#window;
    const nearestUs = Math.min(Math.abs(atUs - fromUs), Math.abs(atUs - toUs));
    if (nearestUs < skewOf(source)) return "possibly";
    return atUs >= fromUs && atUs < toUs ? "surely" : "no";
  }

  answer(): OracleAnswer {
    const gaps = gapsOf(this.#map, this.#window, this.#readings);
    const asserted = this.#assertedSources();
    const sure = this.#placed.filter(({ suspect, inside }) => suspect === "surely" && inside === "surely");
    const reads = sure.filter(isRead).filter(({ event }) => this.#reachesPeople(event));
    const refused = sure.filter(({ event }) => !event.succeeded && event.kind !== "ignored");
    const unknown = sure.filter(({ event }) => event.succeeded && event.kind === "unmapped");
    const times = reads.map(({ event }) => event.atUs);
    const effect = (name: string): number =>
      this.#people(reads.filter(({ event }) => event.effect === name)).size;
    return {
      accounts: this.#bounds(gaps),
      accountIds: sorted(this.#people(reads)).slice(0, 10_000),
      dataClasses: this.#classes(gaps),
      attempted: { events: refused.length, accounts: this.#people(refused).size },
      decoysTouched: this.#decoysOf(sure),
      decoysTouchedByOthers: this.#decoysOf(
        this.#placed.filter(({ suspect, inside }) => suspect !== "surely" && inside !== "no"),
      ),
      firstAccess: times.length === 0 ? null : shown(Math.min(...times)),
      lastAccess: times.length === 0 ? null : shown(Math.max(...times)),
      unclassified: {
        events: unknown.length,
        operations: sorted(new Set(unknown.map(({ event }) => event.operation))),
      },
      coverage: {
        complete: gaps.length === 0,
        gaps: gaps.map(({ source, store, fromUs, toUs, reason }) => ({
          source,
          store,
          from: shown(fromUs),
          to: shownUp(toUs),
          reason,
        })),
        asserted,
      },
      effects: { read: effect("read"), write: effect("write"), delete: effect("delete") },
      ifAssertionsHold: asserted.length === 0 ? null : this.#without(gaps, "asserted"),
      evidence: {
        events: this.#sum(({ events }) => events.length),
        suspectEvents: sure.length,
        duplicates: this.#sum(({ duplicates }) => duplicates),
        rejected: this.#sum(({ rejected }) => rejected),
      },
    };
  }

  #without(gaps: readonly OracleGap[], reason: string): OracleAnswer["ifAssertionsHold"] {
    const rest = gaps.filter((gap) => gap.reason !== reason);
    return { accounts: this.#bounds(rest), dataClasses: this.#classes(rest), complete: rest.length === 0 };
  }

  #sum(count: (reading: OracleReading) => number): number {
    return [...this.#readings.values()].reduce((sum, reading) => sum + count(reading), 0);
  }

  /** Events that count in `atMost`: the suspects' and possibly the suspects', inside and possibly inside. */
  #counted(): readonly Placed[] {
    return this.#placed.filter(({ suspect, inside }) => suspect !== "no" && inside !== "no");
  }

  #surelyCounted(): readonly Placed[] {
    return this.#placed.filter(({ suspect, inside }) => suspect === "surely" && inside === "surely");
  }

  #bounds(gaps: readonly OracleGap[]): Bounds {
    const sureReads = this.#surelyCounted().filter(isRead);
    const allReads = this.#counted().filter(isRead);
    const atLeast = Math.max(
      this.#people(sureReads).size,
      ...sureReads.map(({ event }) => Math.max(0, event.rows - this.#decoys.size)),
    );
    const named = this.#people(allReads);
    const rows = allReads.reduce((sum, { event }) => sum + event.rows, 0);
    const open = [...this.#openStores(gaps)].reduce((sum, store) => sum + this.#populationOf(store), 0);
    const atMost = Math.max(atLeast, Math.min(named.size + rows + open, this.#cap(named, allReads)));
    return { kind: atLeast === atMost && gaps.length === 0 ? "exactly" : "between", atLeast, atMost };
  }

  /** Stores that a gap, an unclassified success or a read of nobody knows whom leaves open. */
  #openStores(gaps: readonly OracleGap[]): ReadonlySet<string> {
    const open = new Set(gaps.map(({ store }) => store));
    for (const store of this.#storesUnclassifiedOpens()) open.add(store);
    for (const { event } of this.#counted().filter(isRead)) {
      if (event.opensStore && event.store !== null) open.add(event.store);
    }
    return open;
  }

  #storesUnclassifiedOpens(): ReadonlySet<string> {
    const unknown = this.#counted().filter(({ event }) => event.succeeded && event.kind === "unmapped");
    return new Set(
      unknown.flatMap(({ event, source }) =>
        event.store === null ? storesWatchedBy(source) : [event.store],
      ),
    );
  }

  #populationOf(store: string): number {
    const accounts = this.#map.stores[store]?.accounts ?? "all";
    return accounts === "all" ? this.#everybody().size + this.#unnamedPopulation() : accounts;
  }

  /** The accounts of the directory that count in "all". */
  #everybody(): ReadonlySet<string> {
    const early = (this.#asked.directory ?? []).filter(
      ({ created_at }) => created_at === undefined || (instantUs(created_at) ?? NaN) < this.#window.toUs,
    );
    return new Set(early.map(({ account_id }) => account_id).filter((id) => !this.#decoys.has(id)));
  }

  #unnamedPopulation(): number {
    return this.#asked.directory === null ? (this.#asked.population ?? NaN) : 0;
  }

  /** "Capped by the directory's number", raised by each account it lacks and by what `rows` has beyond it. */
  #cap(named: ReadonlySet<string>, reads: readonly Placed[]): number {
    const everybody = this.#everybody();
    const all = everybody.size + this.#unnamedPopulation();
    const beyond = reads.reduce((sum, { event }) => sum + Math.max(0, event.rows - all), 0);
    const strangers = [...named].filter((id) => !everybody.has(id)).length;
    return this.#asked.directory === null ? Math.max(all, named.size) + beyond : all + strangers + beyond;
  }

  #classes(gaps: readonly OracleGap[]): ClassLists {
    const lists = { accessed: [] as string[], notAccessed: [] as string[], unknown: [] as string[] };
    for (const dataClass of this.#allClasses()) {
      lists[this.#verdict(dataClass, gaps)].push(dataClass);
    }
    return lists;
  }

  #allClasses(): readonly string[] {
    const stores = Object.values(this.#map.stores).flatMap(({ classes }) => classes);
    const operations = Object.values(this.#map.sources)
      .flatMap(operationsOf)
      .flatMap(({ classes }) => classes ?? []);
    return sorted(new Set([...stores, ...operations]));
  }

  #verdict(dataClass: string, gaps: readonly OracleGap[]): keyof ClassLists {
    const touches = ({ event }: Placed): boolean =>
      this.#reachesPeople(event) && event.classes.some((read) => touch(read, dataClass));
    if (this.#surelyCounted().filter(isRead).some(touches)) return "accessed";
    if (this.#counted().filter(isRead).some(touches)) return "unknown";
    const holders = this.#holders(dataClass);
    if (gaps.some(({ store }) => holders.has(store))) return "unknown";
    return [...this.#storesUnclassifiedOpens()].some((store) => holders.has(store))
      ? "unknown"
      : "notAccessed";
  }

  /** The stores that hold a class, and those where an operation reaches it though the map does not list it there. */
  #holders(dataClass: string): ReadonlySet<string> {
    const holders = Object.entries(this.#map.stores).flatMap(([name, { classes }]) =>
      classes.some((held) => touch(held, dataClass)) ? [name] : [],
    );
    const reached = Object.values(this.#map.sources).flatMap((source) =>
      operationsOf(source).flatMap(({ classes, store }) => {
        const reads = store ?? source.store;
        return reads !== undefined && (classes ?? []).some((read) => touch(read, dataClass)) ? [reads] : [];
      }),
    );
    return new Set([...holders, ...reached]);
  }

  /** Not an empty list, not rows 0, not decoys alone. */
  #reachesPeople({ names, rows, opensStore }: OracleEvent): boolean {
    return opensStore || rows > 0 || names.some((name) => !this.#decoys.has(name));
  }

  #people(placed: readonly Placed[]): ReadonlySet<string> {
    return new Set(placed.flatMap(({ event }) => event.names).filter((name) => !this.#decoys.has(name)));
  }

  #decoysOf(placed: readonly Placed[]): readonly string[] {
    const names = placed.filter(isRead).flatMap(({ event }) => event.names);
    return sorted(new Set(names.filter((name) => this.#decoys.has(name))));
  }

  /** "Every source with an asserted entry that reaches into the window." */
  #assertedSources(): readonly string[] {
    const { fromUs, toUs } = this.#window;
    const names = Object.entries(this.#map.sources).flatMap(([name, { coverage }]) =>
      oneOrMore(coverage).some(
        ({ from, to, proof }) =>
          proof === "asserted" && (instantUs(from) ?? NaN) < toUs && (instantUs(to) ?? NaN) > fromUs,
      )
        ? [name]
        : [],
    );
    return sorted(new Set(names));
  }
}

/** A successful access by an operation of the map; writes and deletes expose as reads do. */
function isRead({ event }: Placed): boolean {
  return event.succeeded && event.kind === "mapped";
}

function sorted(texts: ReadonlySet<string>): readonly string[] {
  return [...texts].sort(byCodePoint);
}

/** With milliseconds, as answers print times. */
function shown(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString();
}

/** A gap's end holds the whole gap. */
function shownUp(us: number): string {
  return new Date(Math.ceil(us / 1000)).toISOString();
}
