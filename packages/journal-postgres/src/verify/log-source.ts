import { JournalError } from "../errors.ts";

/** Where a log's files are read from. */
export interface LogSource {
  /** null when there is no such file. Throws ERR_JOURNAL_ABSENT when the source itself can't be reached. */
  read(path: string): Promise<Uint8Array | null>;
  /** The names in a folder; null where the source can't list. */
  list(folder: string): Promise<readonly string[] | null>;
}

/** A bundle of 256 entries of the largest size. */
const responseBytesMax = 256 * (65_535 + 2);
const indexBytesMax = 1 << 28;

/** A log that a server shows below `base`. */
export function urlSource(base: string, fetchFile: typeof fetch): LogSource {
  const prefix = base.endsWith("/") ? base : `${base}/`;
  return {
    async read(file) {
      const url = new URL(file, prefix);
      let response: Response;
      try {
        response = await fetchFile(url, { redirect: "follow" });
      } catch (cause) {
        throw unreachable(url, cause);
      }
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return null;
      }
      if (!response.ok) throw unreachable(url, new Error(`status ${response.status}`));
      return readBody(response, url, file.endsWith("index") ? indexBytesMax : responseBytesMax);
    },
    list: () => Promise.resolve(null),
  };
}

async function readBody(response: Response, url: URL, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const body: AsyncIterable<Uint8Array> | null = response.body;
    if (body === null) return new Uint8Array();
    for await (const chunk of body) {
      length += chunk.length;
      if (length > bytesMax) throw new Error(`over ${bytesMax} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw unreachable(url, cause);
  }
  return Buffer.concat(chunks);
}

function unreachable(url: URL, cause: unknown): JournalError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = inner instanceof Error ? inner.message : String(inner);
  return new JournalError("ERR_JOURNAL_ABSENT", `${url.href}: can't be fetched (${reason})`, { cause });
}
