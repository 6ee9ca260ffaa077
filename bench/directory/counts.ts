import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { openDirectory } from "@cordon/lake";
import type { Cohort, Directory } from "@cordon/lake";
import path from "node:path";

import { inRounds } from "../rounds.ts";
import type { Contestant, Figures, RoundOptions } from "../rounds.ts";

interface Counted {
  readonly name: string;
  readonly cohort: Cohort;
  /** The same people by hand, over the files at rest. */
  readonly sql: string;
}

const passwordsBefore = "TIMESTAMPTZ '2013-07-02 12:00:00Z'";

/** `ACCOUNTS` and `INSTALLATIONS` stand for the files. */
const cohorts: readonly Counted[] = [
  {
    name: "by market",
    cohort: { directory: { market: ["SE", "GB"] } },
    sql: "SELECT count(*) FROM ACCOUNTS WHERE market IN ('SE', 'GB')",
  },
  {
    name: "by market, creation and password",
    cohort: {
      directory: {
        market: ["SE", "GB"],
        createdBefore: "2011-07-02T12:00:00Z",
        passwordSetBefore: "2013-07-02T12:00:00Z",
      },
    },
    sql: `SELECT count(*) FROM ACCOUNTS WHERE market IN ('SE', 'GB') AND created_at < TIMESTAMPTZ '2011-07-02 12:00:00Z'
      AND (password_set_at IS NULL OR password_set_at < ${passwordsBefore})`,
  },
  {
    name: "by platform",
    cohort: { directory: { platform: "android" } },
    sql: "SELECT count(DISTINCT ordinal) FROM INSTALLATIONS WHERE platform = 'android'",
  },
  {
    name: "by platform, store, version, offline and last seen",
    cohort: {
      directory: {
        platform: "android",
        store: ["google-play", "website"],
        versionBelow: "2",
        hasOffline: true,
        lastSeenFrom: "2014-03-01T00:00:00Z",
      },
    },
    sql: `SELECT count(DISTINCT ordinal) FROM INSTALLATIONS WHERE platform = 'android' AND store IN ('google-play', 'website')
      AND version LIKE '1.%' AND has_offline AND last_seen >= TIMESTAMPTZ '2014-03-01 00:00:00Z'`,
  },
  {
    name: "set operations",
    cohort: {
      minus: [
        { union: [{ directory: { platform: "android" } }, { directory: { platform: "ios" } }] },
        { directory: { market: "SE" } },
      ],
    },
    sql: `SELECT count(*) FROM ACCOUNTS WHERE market <> 'SE'
      AND ordinal IN (SELECT ordinal FROM INSTALLATIONS WHERE platform IN ('android', 'ios'))`,
  },
];

async function measured(
  work: () => Promise<string>,
): Promise<{ milliseconds: number; answer: string; peakRssBytes: null }> {
  const started = process.hrtime.bigint();
  const answer = await work();
  return { milliseconds: Number(process.hrtime.bigint() - started) / 1e6, answer, peakRssBytes: null };
}

async function scalar(connection: DuckDBConnection, sql: string): Promise<string> {
  return String((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
}

function contestants(
  directory: Directory,
  connection: DuckDBConnection,
  counted: Counted,
): readonly Contestant[] {
  return [
    {
      name: "cordon, evaluated anew",
      run: () =>
        measured(async () => String((await directory.cohortBitmap(counted.cohort, { keep: false })).members)),
    },
    {
      name: "cordon, kept",
      run: () => measured(async () => String(await directory.countCohort(counted.cohort))),
    },
    { name: "duckdb over the Parquet", run: () => measured(() => scalar(connection, counted.sql)) },
  ];
}

/** Counts of cohorts and of their groups, each next to the same by hand in SQL. */
export async function countCohorts(
  lakeFolder: string,
  options: RoundOptions,
): Promise<Readonly<Record<string, readonly Figures[]>>> {
  const directory = await openDirectory({ lakeFolder });
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "4GiB" });
  const connection = await instance.connect();
  const file = (name: string): string => `'${path.join(lakeFolder, `${name}.parquet`)}'`;
  const sqlOf = (sql: string): string =>
    sql.replaceAll("ACCOUNTS", file("accounts")).replaceAll("INSTALLATIONS", file("installations"));
  try {
    const figures: Record<string, readonly Figures[]> = {};
    for (const counted of cohorts) {
      const own = { ...counted, sql: sqlOf(counted.sql) };
      figures[counted.name] = await inRounds(contestants(directory, connection, own), options);
    }
    figures["groups of the cohort by market, for a preview"] = await inRounds(
      groups(directory, connection, sqlOf),
      options,
    );
    return figures;
  } finally {
    connection.closeSync();
    instance.closeSync();
    directory.close();
  }
}

/** People by market, platform and store: the sums of all groups must agree. */
function groups(
  directory: Directory,
  connection: DuckDBConnection,
  sqlOf: (sql: string) => string,
): readonly Contestant[] {
  const sum = (counts: Iterable<number>): number => [...counts].reduce((all, count) => all + count, 0);
  const members = "SELECT ordinal FROM ACCOUNTS WHERE market IN ('SE', 'GB')";
  const by = (column: string): string =>
    `(SELECT sum(people) FROM (SELECT count(DISTINCT ordinal) AS people FROM INSTALLATIONS
      WHERE ordinal IN (${members}) GROUP BY ${column}))`;
  return [
    {
      name: "cordon, by market, platform, store and version class",
      run: () =>
        measured(async () => {
          const cohort = { directory: { market: ["SE", "GB"] } };
          const counts = await directory.countGroups({ cohort, versionBelow: "2" });
          return [counts.markets, counts.platforms, counts.stores]
            .map((each) => sum(each.values()))
            .join(" ");
        }),
    },
    {
      name: "duckdb over the Parquet, by market, platform and store",
      run: () =>
        measured(() =>
          scalar(
            connection,
            sqlOf(
              `SELECT concat_ws(' ', (SELECT count(*) FROM (${members})), ${by("platform")}, ${by("store")})`,
            ),
          ),
        ),
    },
  ];
}
