import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";

const tracksPerAlbum = 10;
const albumsPerArtist = 4;
const words = [
  ...["river", "lantern", "harbour", "winter", "paper", "copper", "signal", "morning", "velvet", "northern"],
  ...["engine", "garden", "silver", "distant", "market", "window", "thunder", "quiet", "ferry", "meadow"],
  ...["orbit", "candle", "marble", "shadow", "copse", "delta", "ember", "falcon", "glacier", "hollow"],
];

/** Words by number, always the same: 30 × 30 × 30 titles before one comes twice. */
function title(n: number): string {
  const word = (power: number) => words[Math.floor(n / words.length ** power) % words.length] ?? "";
  return `${word(0)} ${word(1)} ${word(2)}`;
}

const syncsafe = (value: number) => Buffer.from([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));

function frame(id: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(id, "latin1"), syncsafe(data.length), Buffer.alloc(2), data]);
}

const text = (id: string, value: string) => frame(id, Buffer.from(`\x03${value}`, "utf8"));

/** An ID3v2.4 tag (id3.org) with a picture, before half a second of silence: MPEG-1 layer III, 128 kbit/s. */
function track(tags: Readonly<Record<string, string>>, picture: Buffer): Buffer {
  const frames = Buffer.concat([
    ...Object.entries(tags).map(([id, value]) => text(id, value)),
    frame("APIC", Buffer.concat([Buffer.from("\x03image/png\0\x03\0", "latin1"), picture])),
  ]);
  const silence = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]);
  const audio = Array.from({ length: 20 }, () => silence);
  return Buffer.concat([Buffer.from("ID3\x04\0\0", "latin1"), syncsafe(frames.length), frames, ...audio]);
}

/** A small PNG, another one for each number. */
function picture(n: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0]);
  const pixels = Buffer.alloc(16 * 49, n & 255);
  pixels.writeUInt32BE(n, 4);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Writes so many tagged tracks, ten an album, four albums an artist. */
export function writeMusic(folder: string, tracks: number): void {
  for (let n = 0; n < tracks; n += 1) {
    const album = Math.floor(n / tracksPerAlbum);
    const artist = Math.floor(album / albumsPerArtist);
    const [artistName, albumName] = [`${title(artist * 7)} ${artist}`, `${title(album * 13)} ${album}`];
    const albumFolder = path.join(folder, artistName, albumName);
    if (n % tracksPerAlbum === 0) mkdirSync(albumFolder, { recursive: true });
    const number = (n % tracksPerAlbum) + 1;
    const tags = {
      TIT2: title(n),
      TPE1: artistName,
      TALB: albumName,
      TRCK: String(number),
      TDRC: String(1960 + (album % 60)),
      TCON: words[album % 12] ?? "",
    };
    writeFileSync(path.join(albumFolder, `${number}.mp3`), track(tags, picture(album)));
  }
}
