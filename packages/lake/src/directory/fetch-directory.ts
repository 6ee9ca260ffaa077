import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { LakeError } from "../errors.ts";

export interface DirectorySource {
  /** An http(s) URL that answers JSON lines, or a path. */
  readonly accounts: string;
  readonly installations: string | null;
  /** Sent as `Authorization: Bearer …` to URLs. */
  readonly token: string | null;
  /** Where downloads go (`accounts.jsonl`, `installations.jsonl`, replacing older ones); made when it is not there. */
  readonly intoFolder: string;
  /** For each file; 32 GiB by default. */
  readonly bytesMax?: number;
  /** For each file as a whole; 30 minutes by default. */
  readonly timeoutMs?: number;
}

export interface FetchedDirectory {
  readonly accountsFile: string;
  readonly installationsFile: string | null;
}

const defaultBytesMax = 32 * 1024 ** 3;
const defaultTimeoutMs = 30 * 60_000;

/**
 * Downloads what is given by URL and passes paths on as they stand. Throws LakeError ERR_LAKE_FETCH: no connection, any
 * status but 200, an answer that is cut, too large or too slow. Redirects are not followed: the token is for one address.
 */
export async function fetchDirectory(source: DirectorySource): Promise<FetchedDirectory> {
  // The accounts go last, so that every installation's account is among them, however many are made in between.
  const installationsFile =
    source.installations === null
      ? null
      : await fetchFile(source, source.installations, "installations.jsonl");
  const accountsFile = await fetchFile(source, source.accounts, "accounts.jsonl");
  return { accountsFile, installationsFile };
}

async function fetchFile(source: DirectorySource, location: string, name: string): Promise<string> {
  if (!/^https?:\/\//.test(location)) return location;
  const bytesMax = source.bytesMax ?? defaultBytesMax;
  await mkdir(source.intoFolder, { recursive: true });
  const file = join(source.intoFolder, name);
  // Opened before anything can fail: a stream that opens by itself could make the file after it was removed.
  const handle = await open(file, "w", 0o600);
  try {
    const response = await fetch(location, {
      headers: source.token === null ? {} : { authorization: `Bearer ${source.token}` },
      redirect: "error",
      signal: AbortSignal.timeout(source.timeoutMs ?? defaultTimeoutMs),
    });
    if (response.status !== 200 || response.body === null)
      throw failed(location, `it answered ${response.status}, expected 200`);
    await pipeline(response.body, atMost(bytesMax, location), handle.createWriteStream());
  } catch (error) {
    await handle.close();
    await rm(file, { force: true });
    throw error instanceof LakeError ? error : failed(location, reason(error), error);
  }
  return file;
}

function atMost(bytesMax: number, location: string) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw failed(location, `it is too large, expected at most ${bytesMax} bytes`);
      yield chunk;
    }
  };
}

/** `fetch failed` says nothing: the reason is its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error ? error.cause : error;
  return inner.message.split("\n")[0] ?? inner.name;
}

function failed(location: string, what: string, cause?: unknown): LakeError {
  const { origin, pathname } = new URL(location);
  return new LakeError("ERR_LAKE_FETCH", `cannot fetch \`${origin}${pathname}\`: ${what}`, { cause });
}
