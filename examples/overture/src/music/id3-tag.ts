export interface Id3Tags {
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly albumArtist: string;
  readonly track: number;
  readonly year: number;
  readonly genre: string;
  /** PNG; null: none. */
  readonly picture: Buffer | null;
}

/** An ID3v2.4 tag (id3.org, "ID3 tag version 2.4.0 - Main Structure" and "- Native Frames"). */
export function id3Tag(tags: Id3Tags): Buffer {
  const frames = Buffer.concat([
    text("TIT2", tags.title),
    text("TPE1", tags.artist),
    text("TPE2", tags.albumArtist),
    text("TALB", tags.album),
    text("TRCK", String(tags.track)),
    text("TDRC", String(tags.year)),
    text("TCON", tags.genre),
    ...(tags.picture === null ? [] : [picture(tags.picture)]),
  ]);
  return Buffer.concat([Buffer.from("ID3\x04\0\0", "latin1"), syncsafe(frames.length), frames]);
}

function text(id: string, value: string): Buffer {
  return frame(id, Buffer.concat([Buffer.from([3]), Buffer.from(value, "utf8")]));
}

/** 4.14: UTF-8, MIME type, front cover, no description. */
function picture(png: Buffer): Buffer {
  return frame("APIC", Buffer.concat([Buffer.from("\x03image/png\0\x03\0", "latin1"), png]));
}

export function frame(id: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(id, "latin1"), syncsafe(data.length), Buffer.alloc(2), data]);
}

/** 6.2: 28 bits, seven in each byte. */
export function syncsafe(value: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));
}
