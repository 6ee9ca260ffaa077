import { defaultEngineLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { Engine, translateEngineError } from "./engine.ts";
import { openTable } from "./open-table.ts";
import { accountsFormat } from "./table-format.ts";

export type AccountText = "email" | "market" | "locale";

/** Some accounts of a file with one of their texts, in its order. */
export interface AccountTextBatch {
  readonly accountIds: readonly string[];
  /** Of the same length; null where the file has no column or no value. */
  readonly texts: readonly (string | null)[];
}

/** As `readAccounts`, with a column of text in place of ordinals. */
export async function* readAccountTexts(
  file: string,
  text: AccountText,
  options: { readonly limits?: EngineLimits } = {},
): AsyncGenerator<AccountTextBatch> {
  const engine = await Engine.open(options.limits ?? defaultEngineLimits);
  try {
    const connection = await engine.connect();
    const source = {
      connection,
      file,
      format: accountsFormat,
      required: ["account_id"],
      relation: "accounts",
    };
    await openTable(source);
    const result = await connection.stream(`SELECT account_id, ${text} FROM accounts ORDER BY line`);
    for await (const chunk of result) {
      // Typed here once: the query's first column is text that is never null, its second text.
      const accountIds = chunk.getColumnValues(0) as string[];
      yield { accountIds, texts: chunk.getColumnValues(1) as (string | null)[] };
    }
  } catch (error) {
    throw translateEngineError(error);
  } finally {
    engine.close();
  }
}
