/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const tileWidth = 256;

/** The level of a tile path: a number for hashes, `entries` for entry bundles. */
export type TileLevel = number | "entries";

/**
 * The path of a tile or bundle below the log's prefix: `tile/0/x001/234`, with `.p/W` when it holds less than 256.
 * The index stands in groups of three digits, all but the last behind an `x`.
 */
export function tilePath(level: TileLevel, index: number, width: number = tileWidth): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/\d{3}/g) ?? [];
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${name}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** Hashes in the incomplete tile of `level` in a tree of `size` leaves; 0 where there is none. */
export function partialWidth(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level) % tileWidth;
}

/** Full tiles of `level` in a tree of `size` leaves. */
export function fullTiles(level: number, size: number): number {
  return Math.floor(size / tileWidth ** (level + 1));
}

/** Levels of tiles in a tree of `size` leaves: 0 for the empty tree. */
export function tileLevels(size: number): number {
  let levels = 0;
  while (size >= tileWidth ** levels) levels++;
  return levels;
}

/** Width of tile `index` of `level` in a tree of `size` leaves: 256, less at the right edge, 0 beyond it. */
export function widthOfTile(level: number, index: number, size: number): number {
  const full = fullTiles(level, size);
  if (index < full) return tileWidth;
  return index === full ? partialWidth(level, size) : 0;
}
