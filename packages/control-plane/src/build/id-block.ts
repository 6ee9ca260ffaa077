import { InputError } from "@cordon/model";

/** Some accounts of a directory; lake's `AccountBatch`. */
export interface DirectoryBatch {
  readonly accountIds: readonly string[];
  /** Null: the accounts are numbered in their order, from 0. */
  readonly ordinals: Uint32Array | null;
}

/** The same in a form that costs no object for each id. Whoever gives it away does not touch it again. */
export interface PackedBatch {
  /** The ids' UTF-8, one after the other. */
  readonly bytes: Uint8Array;
  /** Where in `bytes` each id ends. */
  readonly ends: Uint32Array;
  readonly ordinals: Uint32Array | null;
}

/** A stretch of the directory. */
export interface IdBlock extends PackedBatch {
  /** The position of its first account, from 0. */
  readonly start: number;
}

/** So many ids make a block: few messages to threads, and little memory while they are on their way. */
const blockIds = 65_536;

/** The directory as blocks, whatever batches it comes in. Throws an InputError for an id that is no text. */
export async function* idBlocks(
  batches: AsyncIterable<DirectoryBatch | PackedBatch>,
): AsyncGenerator<IdBlock> {
  let start = 0;
  let ids: string[] = [];
  let ordinals: Uint32Array[] = [];
  const flush = (): IdBlock => {
    const block = { ...packIds(ids), ordinals: ordinals.length === 0 ? null : joined(ordinals), start };
    start += ids.length;
    ids = [];
    ordinals = [];
    return block;
  };
  for await (const batch of batches) {
    if ("bytes" in batch) {
      if (ids.length > 0) yield flush();
      yield { ...batch, start };
      start += batch.ends.length;
      continue;
    }
    for (const id of batch.accountIds) ids.push(id);
    if (batch.ordinals !== null) ordinals.push(batch.ordinals);
    if (ids.length >= blockIds) yield flush();
  }
  if (ids.length > 0) yield flush();
}

/** Ids as bytes. Throws an InputError for one with half a surrogate pair. */
export function packIds(ids: readonly string[]): { readonly bytes: Uint8Array; readonly ends: Uint32Array } {
  // One long text is encoded several times as fast as many short ones.
  const text = ids.join("");
  const bytes = new TextEncoder().encode(text);
  const ends = new Uint32Array(ids.length);
  const isAscii = bytes.length === text.length;
  let end = 0;
  for (const [index, id] of ids.entries()) {
    if (!isAscii && !id.isWellFormed()) {
      throw new InputError([], "an account id with half a surrogate pair", "text of Unicode characters");
    }
    end += isAscii ? id.length : Buffer.byteLength(id);
    ends[index] = end;
  }
  return { bytes, ends };
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
