import { createHash } from "node:crypto";

function idOf(prefix: string, ...parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
  return `${prefix}-${digest.slice(0, 22)}`;
}

/** Ids stay the same from scan to scan, so that favourites and playlists outlive them. */
export const libraryIdOf = (folder: string): string => idOf("lib", folder);
export const trackIdOf = (libraryId: string, path: string): string => idOf("tr", libraryId, path);
export const artistIdOf = (name: string): string => idOf("ar", name.normalize("NFKC").toLowerCase());
export const albumIdOf = (artist: string, title: string): string =>
  idOf("al", artist.normalize("NFKC").toLowerCase(), title.normalize("NFKC").toLowerCase());
