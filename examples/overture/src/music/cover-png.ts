import { crc32, deflateSync } from "node:zlib";

import { seeded } from "./seeded.ts";

const side = 320;

/** A picture in PNG (W3C PNG, 3rd edition) for an album: rings and a horizon in colours of the seed. */
export function coverPng(seed: number): Buffer {
  const random = seeded(seed);
  const hue = random();
  const [back, ring, ground] = [
    colour(hue, 0.55, 0.2),
    colour(hue + 0.08 + random() * 0.15, 0.75, 0.62),
    colour(hue + 0.5, 0.5, 0.34),
  ];
  const [x0, y0] = [side * (0.3 + random() * 0.4), side * (0.3 + random() * 0.25)];
  const width = 9 + random() * 14;
  const horizon = side * (0.62 + random() * 0.18);
  const rows: Buffer[] = [];
  for (let y = 0; y < side; y++) {
    const row = Buffer.alloc(1 + 3 * side);
    for (let x = 0; x < side; x++) {
      const far = Math.hypot(x - x0, y - y0);
      const isRing = far < side * 0.34 && Math.floor(far / width) % 2 === 0;
      const base = y > horizon + 6 * Math.sin(x / 23 + seed) ? ground : isRing ? ring : back;
      const light = 0.82 + (0.3 * (side - y)) / side;
      base.forEach((value, n) => {
        row[1 + 3 * x + n] = Math.min(255, Math.round(value * light));
      });
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** HSL, each part from 0 to 1, as three bytes. */
function colour(hue: number, saturation: number, lightness: number): readonly number[] {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((n) => {
    const k = (n + hue * 12) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  });
}
