import { DuckDBBitValue } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CohortQuery, SetOperator } from "./cohort-query.ts";
import type { Cohort } from "./cohort.ts";
import { rows } from "./engine.ts";
import type { CountingColumns } from "./columns/counting-columns.ts";
import { allBits, canCount, ruleBits } from "./columns/rule-bits.ts";

/** A cohort as bits, in the order that bundles have: ordinal `o` is bit `o mod 8` of byte `⌊o / 8⌋`, bit 0 counting 1. */
export interface CohortBitmap {
  readonly bitmap: Uint8Array;
  /** SHA-256 (hex) of the cohort's definition and the directory's version. */
  readonly digest: string;
  /** The number of the directory's import, from 1. */
  readonly version: number;
  /** How many accounts the directory holds; their ordinals are those below. */
  readonly accounts: number;
  /** How many bits are set. */
  readonly members: number;
  /** Distinct ids in `accounts` lists that the directory lacks: they are no members. */
  readonly outside: number;
}

interface CohortBitsOf {
  readonly query: CohortQuery;
  readonly cohort: Cohort;
  readonly accounts: number;
  /** Null: all is asked of the Parquet files. */
  readonly columns: CountingColumns | null;
}

/**
 * The members of a cohort as bits. Rules are read off the counting columns where these tell their members exactly; else
 * the engine sets the bits while it scans and hands over one value. Sets are joined and cut bit by bit, so that no ordinal
 * is ever a row. Throws InputError for a cohort that means nothing.
 */
export async function cohortBits(
  connection: DuckDBConnection,
  { query, cohort, accounts, columns }: CohortBitsOf,
): Promise<Uint8Array> {
  return query.walk(cohort, {
    leaf: async ({ is, ordinals }) => {
      if (is === "everyone") return allBits(accounts);
      if (is !== "listed" && columns !== null && canCount(is)) return ruleBits(columns, is);
      return bitsOf(connection, await ordinals(), accounts);
    },
    combine: (operator, parts) => combined(operator, parts, accounts),
  });
}

/** Takes the ordinals of a query, which are few, out of a bitmap. */
export async function clearBits(
  connection: DuckDBConnection,
  ordinals: string,
  bitmap: Uint8Array,
): Promise<void> {
  for (const row of await rows(connection, ordinals)) {
    const ordinal = Number(row["ordinal"]);
    bitmap[ordinal >>> 3] = (bitmap[ordinal >>> 3] ?? 0) & ~(1 << (ordinal & 7));
  }
}

export function countBits(bitmap: Uint8Array): number {
  const isAligned = bitmap.byteOffset % Int32Array.BYTES_PER_ELEMENT === 0;
  const words = isAligned
    ? new Int32Array(bitmap.buffer, bitmap.byteOffset, bitmap.length >>> 2)
    : new Int32Array(0);
  let count = 0;
  for (let at = 0; at < words.length; at++) count += onesOf(words[at] ?? 0);
  for (let at = words.byteLength; at < bitmap.length; at++) count += onesOf(bitmap[at] ?? 0);
  return count;
}

/** Of a word of 32 bits: in pairs, in fours, in bytes, and the four bytes at once. */
function onesOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** DuckDB counts bits from the most significant end of each byte. */
const reversed = Uint8Array.from({ length: 256 }, (_, byte) => {
  let other = 0;
  for (let bit = 0; bit < 8; bit += 1) other |= ((byte >>> bit) & 1) << (7 - bit);
  return other;
});

async function bitsOf(connection: DuckDBConnection, ordinals: string, accounts: number): Promise<Uint8Array> {
  const bitmap = new Uint8Array(Math.ceil(accounts / 8));
  if (accounts === 0) return bitmap;
  // A whole number of bytes: DuckDB would put the bits that are left over at the front and shift all others.
  const last = bitmap.length * 8 - 1;
  const [row] = await rows(
    connection,
    `SELECT bitstring_agg(ordinal, 0, ${last}) AS bits FROM (${ordinals})`,
  );
  const bits = row?.["bits"] ?? null;
  // Of no rows at all.
  if (bits === null) return bitmap;
  if (!(bits instanceof DuckDBBitValue) || bits.padding() !== 0 || bits.length !== bitmap.length * 8) {
    throw new TypeError("the query answered no bits of the length that was asked for");
  }
  // The first byte tells the number of bits left over.
  const { data } = bits;
  for (let at = 0; at < bitmap.length; at += 1) bitmap[at] = reversed[data[at + 1] ?? 0] ?? 0;
  return bitmap;
}

function combined(operator: SetOperator, parts: readonly Uint8Array[], accounts: number): Uint8Array {
  const [first, ...others] = parts;
  const result = first ?? new Uint8Array(Math.ceil(accounts / 8));
  for (const other of others) {
    for (let at = 0; at < result.length; at += 1) {
      const [a, b] = [result[at] ?? 0, other[at] ?? 0];
      result[at] = operator === "UNION" ? a | b : operator === "INTERSECT" ? a & b : a & ~b;
    }
  }
  return result;
}
