import { readFile } from "node:fs/promises";
import path from "node:path";

import type { DuckDBConnection } from "@duckdb/node-api";
import {
  readDigest,
  readSignature,
  verifyDigests,
  type DigestFile,
  type DigestSignature,
  type MalformedDigest,
  type Source,
} from "@cordon/evidence";

import { LakeError } from "../errors.ts";
import type { Batch } from "./batch.ts";
import { dropDuplicates } from "./drop-duplicates.ts";
import type { EvidenceIntake } from "./evidence-intake.ts";
import {
  findAlive,
  findChains,
  joinAlive,
  joinChains,
  type ChainSummary,
  type EventSummary,
  type Span,
} from "./event-summary.ts";
import { asBigInt } from "./event-summary.ts";
import { rows } from "../directory/engine.ts";
import { numbersRelation } from "./account-numbers.ts";
import { partsRelation } from "./lake-relations.ts";
import type {
  AccountSegment,
  LakeDigestFile,
  LakeManifest,
  LakePart,
  LakeSource,
  PartTally,
} from "./lake-manifest.ts";
import { parseSummary } from "./lake-writer.ts";
import { digestOfLines } from "./line-hashes.ts";
import { talliesRelation } from "./part-tally.ts";

/** Which parts of the coverage must be known: the rest is not looked for. */
export interface CoverageNeeds {
  readonly alive: boolean;
  readonly chains: boolean;
  readonly digests: boolean;
}

/** What evidence says of its coverage. */
export interface StoredCoverage {
  readonly alive: readonly Span[];
  readonly chains: readonly ChainSummary[];
  readonly proven: readonly Span[];
  readonly digestProblems: readonly string[];
}

/** Which parts a question about all events of a kind need not read. */
export interface TallyNeeds {
  /** A part counts as a whole when its first and its last event lie in here. */
  readonly inside: Span;
  /** A part counts as a whole when no event gives more people than this; null: however many. */
  readonly rowsMax: number | null;
}

/** A source's events, in parts that are read and parts that count as a whole. */
export interface EventShares {
  /** The SQL of the events that must be read. */
  readonly read: string;
  /** The SQL of the tallies of the others; null when there are none. */
  readonly tallied: string | null;
}

/** Evidence that has been read: what was counted on the way, and the SQL of its events. */
export interface StoredEvidence {
  readonly sources: readonly LakeSource[];
  /** Distinct events of the source at a position of the map. */
  events(index: number): number;
  /** The SQL of its events, for the engine they rest in. */
  relation(index: number): string;
  coverage(index: number, source: Source, needs: CoverageNeeds): Promise<StoredCoverage>;
  /** SHA-256 over the sorted hashes of its lines, in hex. */
  linesDigest(index: number): Promise<string>;
}

/** Evidence that DuckDB is asked about. */
export interface TalliedEvidence extends StoredEvidence {
  /** A source's events, for a question that tells them apart by nothing but operation and outcome. */
  shares(index: number, needs: TallyNeeds): EventShares;
  /** The SQL of the accounts that tallies know by their numbers: `account` and `number`. */
  readonly accounts: string;
}

/** Summaries of parts that are read at a time. */
const summariesAtOnce = 16;

/** Evidence in a lake's folder, asked through a connection. */
export class LakeEvidence implements TalliedEvidence {
  readonly #folder: string;
  readonly #connection: DuckDBConnection;
  readonly sources: readonly LakeSource[];
  readonly accounts: string;

  /** `sources`: in the map's order; those of the lake that the map does not have are left out. */
  constructor(
    folder: string,
    connection: DuckDBConnection,
    {
      sources,
      accounts,
    }: { readonly sources: readonly LakeSource[]; readonly accounts: readonly AccountSegment[] },
  ) {
    this.#folder = folder;
    this.#connection = connection;
    this.sources = sources;
    this.accounts = numbersRelation(folder, accounts);
  }

  events(index: number): number {
    return this.#source(index).parts.reduce((sum, part) => sum + part.events, 0);
  }

  relation(index: number): string {
    return partsRelation(this.#folder, this.#source(index).parts);
  }

  shares(index: number, needs: TallyNeeds): EventShares {
    const read: LakePart[] = [];
    const tallied: PartTally[] = [];
    for (const part of this.#source(index).parts) {
      if (part.tally !== null && countsAsWhole(part, part.tally, needs)) tallied.push(part.tally);
      else read.push(part);
    }
    return {
      read: partsRelation(this.#folder, read),
      tallied: tallied.length === 0 ? null : talliesRelation(this.#folder, tallied),
    };
  }

  async coverage(index: number, source: Source, needs: CoverageNeeds): Promise<StoredCoverage> {
    const held = this.#source(index);
    const summaries: EventSummary[] = [];
    if (needs.alive || needs.chains) {
      for (let from = 0; from < held.parts.length; from += summariesAtOnce) {
        const texts = held.parts
          .slice(from, from + summariesAtOnce)
          .map(({ file }) => readFile(path.join(this.#folder, file.replace(/\.parquet$/, ".json")), "utf8"));
        summaries.push(...(await Promise.all(texts)).map(parseSummary));
      }
    }
    const chains = needs.chains
      ? (joinChains(summaries.map((summary) => summary.chains)) ??
        (await findChains(this.#connection, this.relation(index))))
      : [];
    const alive = (needs.alive ? summaries : [])
      .flatMap((summary) => [...summary.alive])
      .sort((a, b) => a.fromUs - b.fromUs);
    return {
      alive: needs.alive ? joinAlive(alive) : [],
      chains,
      ...(needs.digests ? await proveDigests(readerIn(this.#folder), source, held) : noDigests),
    };
  }

  async linesDigest(index: number): Promise<string> {
    const source = this.#source(index);
    return (
      source.linesDigest ?? (await digestOfLines(source.lines.map((file) => path.join(this.#folder, file))))
    );
  }

  #source(index: number): LakeSource {
    const source = this.sources[index];
    if (source === undefined) throw new RangeError(`the map has no source ${index}`);
    return source;
  }
}

function countsAsWhole({ fromUs, toUs }: LakePart, { rowsMax }: PartTally, needs: TallyNeeds): boolean {
  if (fromUs < needs.inside.fromUs || toUs > needs.inside.toUs) return false;
  return rowsMax === null || needs.rowsMax === null || rowsMax <= needs.rowsMax;
}

/** Evidence that still rests in the intake's tables, because it was little. */
export class TableEvidence implements TalliedEvidence {
  readonly #folder: string;
  readonly #connection: DuckDBConnection;
  readonly #events: ReadonlyMap<number, number>;
  readonly #batch: Batch;
  readonly sources: readonly LakeSource[];
  readonly accounts = numbersRelation("", []);

  private constructor(
    folder: string,
    intake: EvidenceIntake,
    manifest: LakeManifest,
    events: ReadonlyMap<number, number>,
  ) {
    this.#folder = folder;
    this.#connection = intake.connection;
    this.#batch = intake.batch;
    this.#events = events;
    this.sources = manifest.sources;
  }

  /** Drops the duplicates of the tables. */
  static async open(folder: string, intake: EvidenceIntake, manifest: LakeManifest): Promise<TableEvidence> {
    const { connection, batch } = intake;
    await dropDuplicates(connection, batch.table);
    const counts = await rows(
      connection,
      `SELECT source, count(*) AS events FROM ${batch.table} GROUP BY source`,
    );
    const events = new Map(counts.map((row) => [Number(row["source"]), Number(asBigInt(row["events"]))]));
    return new TableEvidence(folder, intake, manifest, events);
  }

  events(index: number): number {
    return this.#events.get(index) ?? 0;
  }

  relation(index: number): string {
    return `(SELECT * FROM ${this.#batch.table} WHERE source = ${index})`;
  }

  shares(index: number): EventShares {
    return { read: this.relation(index), tallied: null };
  }

  async coverage(index: number, source: Source, needs: CoverageNeeds): Promise<StoredCoverage> {
    const held = this.sources[index];
    return {
      alive: needs.alive ? await findAlive(this.#connection, this.relation(index)) : [],
      chains: needs.chains ? await findChains(this.#connection, this.relation(index)) : [],
      ...(needs.digests && held !== undefined
        ? await proveDigests(readerIn(this.#folder), source, held)
        : noDigests),
    };
  }

  linesDigest(index: number): Promise<string> {
    const grouped = this.#batch.groupedHashes(index);
    return digestOfLines([], grouped === null ? [] : [grouped]);
  }
}

export const noDigests = { proven: [], digestProblems: [] };

function readerIn(folder: string): (file: LakeDigestFile) => Promise<Uint8Array> {
  return ({ file }) => readFile(path.join(folder, file));
}

/** What the digest files that lie in a lake prove. */
export async function proveDigests(
  read: (file: LakeDigestFile) => Promise<Uint8Array>,
  source: Source,
  held: LakeSource,
): Promise<Pick<StoredCoverage, "proven" | "digestProblems">> {
  const digests: (DigestFile | MalformedDigest)[] = [];
  const signatures: DigestSignature[] = [];
  for (const digestFile of held.digestFiles) {
    const { name, file } = digestFile;
    const bytes = await read(digestFile);
    const signature = readSignature(bytes, name);
    const digest = signature === null ? readDigest(bytes, name) : null;
    if (signature !== null) signatures.push(signature);
    else if (digest !== null) digests.push(digest);
    else
      throw new LakeError("ERR_LAKE_FILE", `${file}: it is no digest any more, expected what was imported`);
  }
  const keys = source.coverage.flatMap(({ proof }) => (proof.kind === "digest" ? proof.keys : []));
  const { proven, problems } = verifyDigests({
    digests,
    signatures,
    logFiles: held.files
      .filter(({ complete }) => complete)
      .map(({ name, contentSha256 }) => ({ name, sha256: contentSha256 })),
    keys,
  });
  return { proven, digestProblems: problems.map(({ text }) => text) };
}
