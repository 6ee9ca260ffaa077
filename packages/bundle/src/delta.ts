import { BundleError, malformed } from "./bundle-error.ts";
import type { Sha256 } from "./crypto.ts";
import { deltaHeaderBytes, deltaMagic, DeltaReader, DeltaWriter, operations } from "./delta-bytes.ts";
import { FlipReader, ordinalSectionsOf, writeFlips } from "./delta-ordinals.ts";
import { compareBytes, readLayout, viewOf } from "./layout.ts";
import { MatchingRanges } from "./matching-ranges.ts";

export interface DeltaLimits {
  readonly sha256: Sha256;
  /** Of the base, the result and the delta, each. */
  readonly bundleBytesMax: number;
}

/** What a delta says of itself. */
export interface DeltaHeader {
  /** SHA-256 of the signed part of the bundle that it is applied to: whoever has signed that one. */
  readonly baseContentSha256: Uint8Array;
  /** SHA-256 of the bytes that come out. */
  readonly resultSha256: Uint8Array;
  readonly resultBytes: number;
}

/**
 * What turns one bundle into the next. Deterministic. Throws a BundleError when one of them is no bundle, and
 * (ERR_BUNDLE_SIZE) when the delta would be over the limit.
 */
export function makeDelta(base: Uint8Array, next: Uint8Array, limits: DeltaLimits): Uint8Array {
  const { sha256, bundleBytesMax } = limits;
  const { signedPart } = readLayout(base, bundleBytesMax);
  const baseSections = new Map(
    ordinalSectionsOf(base, bundleBytesMax).map((section) => [section.name, section]),
  );
  const writer = new DeltaWriter(bundleBytesMax);
  writer.bytes(deltaMagic);
  writer.bytes(sha256(signedPart));
  writer.bytes(sha256(next));
  const length = new Uint8Array(4);
  viewOf(length).setUint32(0, next.length, true);
  writer.bytes(length);
  const ranges = new MatchingRanges(signedPart);
  let at = 0;
  let flippedIndex = -1;
  for (const section of ordinalSectionsOf(next, bundleBytesMax)) {
    const before = baseSections.get(section.name);
    // An unchanged section is one copy; a cohort that has changed its place in the table is carried like any bytes.
    if (before === undefined || before.index <= flippedIndex) continue;
    if (compareBytes(before.section.bytes, section.section.bytes) === 0) continue;
    const flips = new DeltaWriter(bundleBytesMax);
    if (!writeFlips(flips, before, section)) continue;
    flippedIndex = before.index;
    writeRanges(writer, ranges, next, at, section.offset);
    writer.bytes(flips.written());
    at = section.offset + section.section.bytes.length;
  }
  writeRanges(writer, ranges, next, at, next.length);
  return writer.written();
}

function writeRanges(
  writer: DeltaWriter,
  ranges: MatchingRanges,
  next: Uint8Array,
  start: number,
  end: number,
): void {
  for (const range of ranges.of(next, start, end)) {
    if (range.kind === "copy") {
      writer.byte(operations.copy);
      writer.number(range.baseOffset);
      writer.number(range.length);
    } else {
      writer.byte(operations.insert);
      writer.number(range.end - range.start);
      writer.bytes(next.subarray(range.start, range.end));
    }
  }
}

/** Throws a BundleError (ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT). */
export function readDeltaHeader(delta: Uint8Array, bundleBytesMax: number): DeltaHeader {
  if (delta.length > bundleBytesMax) {
    throw new BundleError(
      "ERR_BUNDLE_SIZE",
      `a delta of ${delta.length} bytes, over the limit of ${bundleBytesMax}`,
    );
  }
  if (delta.length < deltaHeaderBytes || deltaMagic.some((byte, index) => delta[index] !== byte)) {
    throw malformed("does not begin as a delta does");
  }
  const resultBytes = viewOf(delta).getUint32(deltaHeaderBytes - 4, true);
  if (resultBytes > bundleBytesMax) {
    throw new BundleError(
      "ERR_BUNDLE_SIZE",
      `a delta to ${resultBytes} bytes, over the limit of ${bundleBytesMax}`,
    );
  }
  return {
    baseContentSha256: delta.subarray(8, 40),
    resultSha256: delta.subarray(40, 72),
    resultBytes,
  };
}

/**
 * The next bundle's bytes, exactly; they are then checked like any bundle, so that a delta needs no trust of its own. Throws a
 * BundleError for a delta of another base, for one that is malformed, and when anything else than the announced bytes comes out. Allocates
 * no more than the result, which is within the limit.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limits: DeltaLimits): Uint8Array {
  const { sha256, bundleBytesMax } = limits;
  const { baseContentSha256, resultSha256, resultBytes } = readDeltaHeader(delta, bundleBytesMax);
  const { signedPart } = readLayout(base, bundleBytesMax);
  if (compareBytes(sha256(signedPart), baseContentSha256) !== 0) throw malformed("a delta of another bundle");
  const result = new Uint8Array(resultBytes);
  const reader = new DeltaReader(delta, deltaHeaderBytes);
  const flips = new FlipReader(ordinalSectionsOf(base, bundleBytesMax));
  let at = 0;
  while (!reader.isAtEnd) {
    const piece = readPiece(reader, signedPart, flips);
    if (piece.length > resultBytes - at) throw malformed("a delta to more bytes than it announces");
    result.set(piece, at);
    at += piece.length;
  }
  if (at !== resultBytes) throw malformed("a delta to fewer bytes than it announces");
  if (compareBytes(sha256(result), resultSha256) !== 0)
    throw malformed("a delta to other bytes than it announces");
  return result;
}

/** Never empty: each operation goes on. */
function readPiece(reader: DeltaReader, base: Uint8Array, flips: FlipReader): Uint8Array {
  const operation = reader.byte();
  if (operation === operations.copy) {
    const offset = reader.number();
    const length = reader.number();
    if (length === 0 || offset > base.length || length > base.length - offset) {
      throw malformed("a delta that copies from beyond its base");
    }
    return base.subarray(offset, offset + length);
  }
  if (operation === operations.insert) {
    const length = reader.number();
    if (length === 0) throw malformed("a delta that inserts nothing");
    return reader.bytes(length);
  }
  if (operation === operations.flip) return flips.read(reader);
  throw malformed(`a delta with an unknown operation ${operation}`);
}
