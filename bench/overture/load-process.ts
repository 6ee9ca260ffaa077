/**
 * Streams whole tracks over so many connections at once, each with its own listener's token, and checks every byte. Told what to do by
 * one `LoadOrder`; answers with one `LoadReport` each.
 */
import { Agent, request } from "node:http";
import { crc32 } from "node:zlib";

export interface LoadOrder {
  readonly port: number;
  readonly tokens: readonly string[];
  /** Each with the CRC-32 of its bytes; null: not known yet, told in the report. */
  readonly tracks: readonly { readonly id: string; readonly crc: number | null }[];
  /** Streams to be ended in all; `tokens.length` of them are under way at any time. */
  readonly streams: number;
}

export interface LoadReport {
  readonly bytes: number;
  readonly milliseconds: number;
  /** Streams that were refused, cut, or other than the track. */
  readonly glitches: number;
  /** The longest that any stream stood still. */
  readonly longestPauseMs: number;
  readonly crcs: readonly number[];
}

interface Streamed {
  readonly bytes: number;
  readonly crc: number;
  readonly isWhole: boolean;
  readonly pauseMs: number;
}

function stream(order: LoadOrder, agent: Agent, token: string, id: string): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const path = `/api/stream/${id}`;
    request({ host: "127.0.0.1", port: order.port, path, headers, agent }, (response) => {
      let bytes = 0;
      let crc = 0;
      let lastMs = performance.now();
      let pauseMs = 0;
      response.on("data", (chunk: Buffer) => {
        const now = performance.now();
        pauseMs = Math.max(pauseMs, now - lastMs);
        lastMs = now;
        bytes += chunk.length;
        crc = crc32(chunk, crc);
      });
      const ended = () => {
        const expected = Number(response.headers["content-length"]);
        resolve({ bytes, crc, isWhole: response.statusCode === 200 && bytes === expected, pauseMs });
      };
      response.once("end", ended);
      response.once("error", ended);
    })
      .once("error", reject)
      .end();
  });
}

async function run(order: LoadOrder): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.tokens.length });
  const crcs = new Map<number, number>();
  let next = 0;
  let bytes = 0;
  let glitches = 0;
  let longestPauseMs = 0;
  const startMs = performance.now();
  const lane = async (token: string) => {
    while (next < order.streams) {
      const which = next++ % order.tracks.length;
      const track = order.tracks[which];
      if (track === undefined) return;
      const streamed = await stream(order, agent, token, track.id);
      bytes += streamed.bytes;
      longestPauseMs = Math.max(longestPauseMs, streamed.pauseMs);
      const expected = track.crc ?? crcs.get(which) ?? streamed.crc;
      crcs.set(which, streamed.crc);
      if (!streamed.isWhole || streamed.crc !== expected) glitches += 1;
    }
  };
  await Promise.all(order.tokens.map(lane));
  const milliseconds = performance.now() - startMs;
  agent.destroy();
  return {
    bytes,
    milliseconds,
    glitches,
    longestPauseMs,
    crcs: order.tracks.map((_, n) => crcs.get(n) ?? 0),
  };
}

process.on("message", (order: LoadOrder) => {
  void run(order).then((report) => process.send?.(report));
});
