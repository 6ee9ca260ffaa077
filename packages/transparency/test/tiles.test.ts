import { describe, expect, it } from "vitest";
import {
  decodeBundle,
  decodeTile,
  encodeBundle,
  encodeTile,
  fullTiles,
  partialWidth,
  tileLevels,
  tilePath,
  TransparencyError,
  type TileLevel,
} from "../src/index.ts";
import { vectors } from "./vectors.ts";

interface TileVectors {
  readonly paths: readonly { level: TileLevel; index: number; width: number; path: string }[];
  readonly trees: readonly { size: number; levels: readonly { full: number; partial: number }[] }[];
}

const cases = vectors("tile-paths") as TileVectors;

describe("C2SP tlog-tiles", () => {
  it.each(cases.paths)("$path", ({ level, index, width, path }) => {
    expect(tilePath(level, index, width)).toBe(path);
  });

  it.each(cases.trees)("a tree of $size", ({ size, levels }) => {
    expect(
      Array.from({ length: tileLevels(size) }, (_, level) => ({
        full: fullTiles(level, size),
        partial: partialWidth(level, size),
      })),
    ).toEqual(levels);
  });

  it("an entry bundle is entries behind their length as uint16, big-endian", () => {
    const entries = [Buffer.from("ab"), Buffer.alloc(0), Buffer.alloc(300, 7)];
    const bundle = encodeBundle(entries);
    expect([...bundle.subarray(0, 8)]).toEqual([0, 2, 97, 98, 0, 0, 1, 44]);
    expect(decodeBundle(bundle, 3)).toEqual(entries);
  });

  it("an entry has at most 65,535 bytes", () => {
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535)]), 1)[0]).toHaveLength(65_535);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(TransparencyError);
  });

  it("a bundle that is cut, extended, or of another count is malformed", () => {
    const bundle = encodeBundle([Buffer.from("ab"), Buffer.from("cd")]);
    for (const [bytes, width] of [
      [bundle.subarray(0, -1), 2],
      [Buffer.concat([bundle, Buffer.of(0)]), 2],
      [bundle, 1],
      [bundle, 3],
      [new Uint8Array(), 1],
    ] as const) {
      expect(() => decodeBundle(bytes, width)).toThrow(TransparencyError);
    }
  });

  it("a tile has exactly its hashes", () => {
    const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(decodeTile(encodeTile(hashes), 2)).toEqual(hashes);
    expect(() => decodeTile(encodeTile(hashes), 3)).toThrow(TransparencyError);
    expect(() => decodeTile(encodeTile(hashes).subarray(1), 2)).toThrow(TransparencyError);
  });
});
