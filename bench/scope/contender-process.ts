/**
 * One contender: `contender-process.ts cordon|duckdb|chdb` answers orders from its parent, one at a time, until the parent
 * lets go. Its engine stays open between them, as a peer's would; Cordon opens its own for every question, and that counts.
 */
import { performance } from "node:perf_hooks";

import { mapJson } from "./events.ts";
import { peakRssBytes, resetPeakRss } from "./peak-rss.ts";

export type ContenderKind = "cordon" | "duckdb" | "chdb";

export interface ContenderOrder {
  /** One number comes back. For DuckDB and chDB. */
  readonly sql?: string;
  /** Exactly so many people. For Cordon. */
  readonly question?: unknown;
  readonly lakeFolder?: string;
  readonly evidenceFolder?: string;
  readonly population?: number;
}

export interface ContenderFigures {
  readonly milliseconds: number;
  readonly answer: string;
  readonly peakRssBytes: number;
}

type Contender = (order: ContenderOrder) => Promise<string>;

async function cordon(): Promise<Contender> {
  const { parseDataMap } = await import("@cordon/evidence");
  const { runScope } = await import("@cordon/lake");
  const { parseQuestion } = await import("@cordon/scope");
  return async ({ question, lakeFolder, evidenceFolder, population = 0 }) => {
    const { answer } = await runScope({
      map: parseDataMap(mapJson),
      question: parseQuestion(question),
      ...(lakeFolder === undefined ? {} : { lakeFolder }),
      ...(evidenceFolder === undefined ? {} : { evidenceFolder }),
      population,
      workFolder: null,
    });
    const { kind, atLeast, atMost } = answer.accounts;
    return kind === "exactly" && atLeast === atMost ? String(atLeast) : `${kind} ${atLeast} to ${atMost}`;
  };
}

async function duckDb(): Promise<Contender> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  return async ({ sql = "" }) => {
    const reader = await connection.runAndReadAll(sql);
    return String(reader.getRows()[0]?.[0]);
  };
}

async function chDb(): Promise<Contender> {
  const { Session } = await import("chdb");
  const session = new Session();
  return ({ sql = "" }) => Promise.resolve(session.query(sql, "TabSeparated").trim());
}

const kinds: Readonly<Record<ContenderKind, () => Promise<Contender>>> = {
  cordon,
  duckdb: duckDb,
  chdb: chDb,
};

async function serve(kind: ContenderKind): Promise<void> {
  const contender = await kinds[kind]();
  process.on("message", (order) => {
    resetPeakRss();
    const started = performance.now();
    contender(order as ContenderOrder).then(
      (answer) => {
        const milliseconds = performance.now() - started;
        process.send?.({ milliseconds, answer, peakRssBytes: peakRssBytes() } satisfies ContenderFigures);
      },
      (error: unknown) => {
        process.stderr.write(
          `${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  });
  process.once("disconnect", () => process.exit(0));
  process.send?.("ready");
}

await serve(process.argv[2] as ContenderKind);
