import { totalmem } from "node:os";

/** What one DuckDB engine may take. */
export interface EngineLimits {
  readonly memoryBytesMax: number;
  readonly threads: number;
  /** Where what does not fit into memory goes for a while; null: nowhere, so that such a query fails. */
  readonly spillFolder: string | null;
}

const mebibyte = 1024 * 1024;

export const defaultEngineLimits: EngineLimits = {
  memoryBytesMax: 384 * mebibyte,
  threads: 2,
  spillFolder: null,
};

/** An import sorts and joins all of the directory: what does not fit goes to the disk, which takes longer. */
export const importLimits: EngineLimits = {
  memoryBytesMax: Math.min(1664 * mebibyte, Math.max(384 * mebibyte, Math.floor(totalmem() / 4))),
  threads: 2,
  spillFolder: null,
};
