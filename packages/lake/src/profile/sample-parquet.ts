import { parseLogJson, type AssembledRecord } from "@cordon/evidence";

import type { Engine } from "../directory/engine.ts";
import { rows, sqlPath } from "../directory/engine.ts";

const reasonLengthMax = 200;

/** The first rows of a Parquet file as records; why not, when the engine can't read it. */
export async function sampleParquet(
  engine: Engine,
  file: string,
  recordsMax: number,
): Promise<readonly AssembledRecord[] | { readonly problem: string }> {
  try {
    return await engine.with(async (connection) => {
      const found = await rows(
        connection,
        `SELECT CAST(to_json(t) AS VARCHAR) AS record
         FROM (SELECT * FROM read_parquet(${sqlPath(file)}) LIMIT ${recordsMax}) t`,
      );
      return found.map((row, index) => ({ line: index + 1, record: parseLogJson(String(row["record"])) }));
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [first = ""] = error.message.split("\n");
    return { problem: `a Parquet file that cannot be read: ${first.slice(0, reasonLengthMax)}` };
  }
}
