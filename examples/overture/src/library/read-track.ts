import { openSync, readSync, closeSync } from "node:fs";
import { basename, dirname, extname } from "node:path";

import { parseFile, selectCover } from "music-metadata";
import type { IAudioMetadata } from "music-metadata";

import { contentTypes } from "./audio-files.ts";

/** Tags larger than this are not read: no picture and no text needs them. */
const tagBytesMax = 24 * 1024 * 1024;
const textCharsMax = 300;

/** What a file says of itself. All of it is somebody else's text. */
export interface TrackTags {
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly albumArtist: string;
  readonly disc: number | null;
  readonly number: number | null;
  readonly year: number | null;
  readonly genre: string | null;
  readonly durationMs: number;
  readonly bitRate: number;
  readonly contentType: string;
  readonly picture: Uint8Array | null;
}

/** Reads a file's tags. Throws with the reason when it is no audio of a kind that browsers play. */
export async function readTrack(file: string): Promise<TrackTags> {
  const contentType = contentTypes.get(extname(file).toLowerCase());
  if (contentType === undefined) throw new Error("no kind of audio");
  refuseHugeTag(file);
  let metadata = await parseFile(file, { duration: false, skipCovers: false });
  if (metadata.format.duration === undefined)
    metadata = await parseFile(file, { duration: true, skipCovers: false });
  return tagsOf(metadata, file, contentType);
}

function tagsOf({ common, format }: IAudioMetadata, file: string, contentType: string): TrackTags {
  const durationMs = Math.round((format.duration ?? 0) * 1000);
  if (!(durationMs > 0)) throw new Error("no audio in it");
  const artist = plainText(common.artist) ?? "Unknown artist";
  return {
    title: plainText(common.title) ?? plainText(basename(file, extname(file))) ?? "Untitled",
    artist,
    album: plainText(common.album) ?? plainText(basename(dirname(file))) ?? "Unknown album",
    albumArtist: plainText(common.albumartist) ?? artist,
    disc: wholeNumber(common.disk.no, 999),
    number: wholeNumber(common.track.no, 9_999),
    year: wholeNumber(common.year, 9_999),
    genre: plainText(common.genre?.[0]),
    durationMs,
    bitRate: Math.round((format.bitrate ?? 0) / 1000),
    contentType,
    picture: selectCover(common.picture)?.data ?? null,
  };
}

/** Text without control signs, which XML could not hold, and without those that turn the writing direction round. */
function plainText(value: string | undefined): string | null {
  if (value === undefined) return null;
  const clean = value
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- control signs are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]+/g, " ")
    .trim()
    .slice(0, textCharsMax)
    .toWellFormed();
  return clean === "" ? null : clean;
}

function wholeNumber(value: number | null | undefined, most: number): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most ? value : null;
}

/** ID3v2 (id3.org, 3.1) says its size in the first ten bytes, seven bits each. */
function refuseHugeTag(file: string): void {
  const head = Buffer.alloc(10);
  const handle = openSync(file, "r");
  try {
    if (readSync(handle, head, 0, head.length, 0) < head.length) throw new Error("no audio in it");
  } finally {
    closeSync(handle);
  }
  if (head.toString("latin1", 0, 3) !== "ID3") return;
  const bytes = head.subarray(6).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  if (bytes > tagBytesMax) throw new Error(`its tag is over ${tagBytesMax} bytes`);
}
