import { chunkPlainBytes } from "../../src/api/offline-format.ts";
import { chunksOf, readByteRange } from "../../src/offline/index.ts";
import type { ByteRange } from "../../src/offline/index.ts";
import { openCopy } from "./opened-copy.ts";
import type { OpenedCopy } from "./opened-copy.ts";

/** Where the player finds a kept track. The server knows no such path: without a service worker there is nothing. */
export const copiesPath = "/copies/";

const copyRefused = "urn:overture:problem:copy-";

/** Answers a request for a kept track, whole or by range (RFC 9110, 14). */
export async function copyResponse(
  database: IDBDatabase,
  request: Request,
  nowMs: number,
): Promise<Response> {
  const trackId = decodeURIComponent(new URL(request.url).pathname.slice(copiesPath.length));
  const opened = await openCopy(database, trackId, nowMs);
  if (typeof opened === "string") {
    const status = opened === "none" ? 404 : 403;
    const body = JSON.stringify({
      type: `${copyRefused}${opened}`,
      title: `No copy to play: ${opened}`,
      status,
    });
    return new Response(body, { status, headers: { "content-type": "application/problem+json" } });
  }
  const { plainBytes, contentType } = opened.copy;
  const headers = { "accept-ranges": "bytes", "content-type": contentType, "cache-control": "no-store" };
  const range = readByteRange(request.headers.get("range"), plainBytes);
  if (range === "unsatisfiable")
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${plainBytes}` },
    });
  const { from, to } = range ?? { from: 0, to: plainBytes };
  return new Response(plain(opened, { from, to }), {
    status: range === null ? 200 : 206,
    headers: {
      ...headers,
      "content-length": String(to - from),
      ...(range === null ? {} : { "content-range": `bytes ${from}-${to - 1}/${plainBytes}` }),
    },
  });
}

/** The bytes of a range, opened chunk by chunk as they are asked for. A chunk that is not as sealed ends it with an error. */
function plain(opened: OpenedCopy, { from, to }: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
  let { first: index } = chunksOf(from, to);
  const { last } = chunksOf(from, to);
  return new ReadableStream({
    async pull(stream) {
      const at = index * chunkPlainBytes;
      const chunk = await opened.chunk(index);
      stream.enqueue(chunk.subarray(Math.max(0, from - at), to - at));
      index += 1;
      if (index > last) stream.close();
    },
  });
}
