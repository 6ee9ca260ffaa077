/** What a cover may be at most: what is larger was not made to be looked at. */
export const coverBytesMax = 8 * 1024 * 1024;
const sideMax = 8_192;
const pixelsMax = 40_000_000;

interface Picture {
  readonly contentType: "image/png" | "image/jpeg" | "image/webp" | "image/gif";
  readonly extension: "png" | "jpg" | "webp" | "gif";
}

interface Measured extends Picture {
  readonly width: number;
  readonly height: number;
}

/**
 * What the bytes themselves are, whatever they are called. Null for anything that is no picture of a sensible size: a
 * few kilobytes can claim a billion pixels, and a "picture" can be a page with a script or an address to fetch.
 */
export function pictureOf(bytes: Uint8Array): Picture | null {
  if (bytes.length > coverBytesMax) return null;
  const measured = png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes);
  if (measured === null) return null;
  const { width, height, contentType, extension } = measured;
  if (width < 1 || height < 1 || width > sideMax || height > sideMax || width * height > pixelsMax)
    return null;
  return { contentType, extension };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function begins(bytes: Uint8Array, text: string, at = 0): boolean {
  return Buffer.from(bytes.subarray(at, at + text.length)).toString("latin1") === text;
}

/** W3C PNG, 11.2.2: IHDR comes first. */
function png(bytes: Uint8Array): Measured | null {
  if (bytes.length < 33 || !begins(bytes, "\x89PNG\r\n\x1a\n") || !begins(bytes, "IHDR", 12)) return null;
  const data = view(bytes);
  return {
    contentType: "image/png",
    extension: "png",
    width: data.getUint32(16),
    height: data.getUint32(20),
  };
}

/** ITU T.81, B.2.2: the frame header is in a segment SOF0 to SOF15, without DHT, JPG and DAC. */
function jpeg(bytes: Uint8Array): Measured | null {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const data = view(bytes);
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return {
        contentType: "image/jpeg",
        extension: "jpg",
        width: data.getUint16(at + 7),
        height: data.getUint16(at + 5),
      };
    at += 2 + Math.max(2, data.getUint16(at + 2));
  }
  return null;
}

function gif(bytes: Uint8Array): Measured | null {
  if (bytes.length < 10 || !(begins(bytes, "GIF87a") || begins(bytes, "GIF89a"))) return null;
  const data = view(bytes);
  return {
    contentType: "image/gif",
    extension: "gif",
    width: data.getUint16(6, true),
    height: data.getUint16(8, true),
  };
}

/** RFC 9649: the first chunk says the size, each of the three kinds in its own way. */
function webp(bytes: Uint8Array): Measured | null {
  if (bytes.length < 30 || !begins(bytes, "RIFF") || !begins(bytes, "WEBP", 8)) return null;
  const data = view(bytes);
  const found = (width: number, height: number): Measured => ({
    contentType: "image/webp",
    extension: "webp",
    width,
    height,
  });
  if (begins(bytes, "VP8 ", 12))
    return found(data.getUint16(26, true) & 0x3fff, data.getUint16(28, true) & 0x3fff);
  if (begins(bytes, "VP8L", 12)) {
    const bits = data.getUint32(21, true);
    return found((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (begins(bytes, "VP8X", 12))
    return found((data.getUint32(24, true) & 0xffffff) + 1, (data.getUint32(26, true) >>> 8) + 1);
  return null;
}
