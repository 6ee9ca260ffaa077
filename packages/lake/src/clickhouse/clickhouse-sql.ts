import type { SqlDialect } from "../evidence/suspect-sql.ts";

/** A text literal. ClickHouse reads backslashes in one, so both signs that mean something there are escaped. */
export function clickHouseText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&").replaceAll("\0", "\\0")}'`;
}

/** `column IN (texts)`, for a column that is never NULL. Nothing is in an empty list. */
export function isAmong(column: string, texts: readonly string[]): string {
  return texts.length === 0 ? "false" : `${column} IN (${texts.map(clickHouseText).join(", ")})`;
}

export const clickHouseDialect: SqlDialect = {
  text: clickHouseText,
  number: (value) => `${Math.trunc(value)}`,
};
