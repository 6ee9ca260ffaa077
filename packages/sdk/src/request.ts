import type { Problem } from "@cordon/contract";
import { isJsonObject } from "@cordon/model";
import { ApiError } from "./errors.ts";
import { withRetry, type RetryOptions } from "./retry.ts";

/** How the client reaches a server; filled once by the constructor of the client. */
export interface Connection {
  readonly url: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
  readonly retry: RetryOptions;
  readonly jitter: () => number;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
}

export interface RequestOptions {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Sent as JSON; bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a success is read as; JSON unless told. */
  readonly answer?: "bytes";
  /** Sent as `Idempotency-Key`; without it a POST is tried once. */
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Statuses after which the same request may succeed: too many requests, a proxy without its server, not yet ready. */
const passing = new Set([429, 502, 503, 504]);

function readProblem(value: unknown): Problem | null {
  if (!isJsonObject(value) || typeof value["type"] !== "string" || typeof value["status"] !== "number")
    return null;
  if (typeof value["title"] !== "string") return null;
  return value as unknown as Problem;
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not JSON, so not a problem of this API: told as unreadable below.
  }
  const problem = readProblem(parsed);
  if (problem === null) {
    return new ApiError(
      "ERR_API_UNREADABLE",
      `the server answered \`${response.status}\` without a problem document`,
      { status: response.status },
    );
  }
  return new ApiError("ERR_API_PROBLEM", problem.detail ?? problem.title, {
    status: response.status,
    problem,
  });
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? "");
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 30) * 1000 : null;
}

/**
 * One call with retries: on connection errors and passing statuses, for GETs and for commands with an idempotency key.
 * Resolves to the parsed body, undefined for 204. Throws ApiError; an aborted `signal` throws its reason.
 */
export async function request(connection: Connection, options: RequestOptions): Promise<unknown> {
  const repeatable = options.method === "GET" || options.idempotencyKey !== undefined;
  const attemptsMax = repeatable ? connection.retry.attemptsMax : 1;
  const { signal = null } = options;
  const bytes = options.body instanceof Uint8Array ? options.body : null;
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (options.answer === "bytes") headers["accept"] = "application/octet-stream, application/json";
  if (connection.token !== null) headers["authorization"] = `Bearer ${connection.token}`;
  if (options.body !== undefined)
    headers["content-type"] = bytes === null ? "application/json" : "application/octet-stream";
  if (options.idempotencyKey !== undefined) headers["idempotency-key"] = options.idempotencyKey;
  return withRetry({ ...connection.retry, attemptsMax, jitter: connection.jitter, signal }, async () => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? connection.timeoutMs);
    try {
      const response = await connection.fetch(`${connection.url}${options.path}`, {
        method: options.method,
        headers,
        signal: signal === null ? timeout : AbortSignal.any([signal, timeout]),
        ...(options.body === undefined
          ? {}
          : { body: bytes === null ? JSON.stringify(options.body) : Buffer.from(bytes) }),
      });
      if (passing.has(response.status))
        return { again: await failure(response), afterMs: retryAfterMs(response) };
      if (!response.ok) throw await failure(response);
      if (response.status === 204) return { done: undefined };
      if (options.answer === "bytes") return { done: new Uint8Array(await response.arrayBuffer()) };
      return { done: await response.json() };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (signal?.aborted === true) throw error;
      const unreachable = new ApiError("ERR_API_UNREACHABLE", `\`${connection.url}\` does not answer`, {
        cause: error,
      });
      return { again: unreachable, afterMs: null };
    }
  });
}
