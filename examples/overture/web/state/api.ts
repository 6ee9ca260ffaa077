import type { Problem } from "../../src/api/problem.ts";
import { guardedFetch } from "../cordon/ask.ts";

/** An answer that is none: the server said why, or nobody answered. */
export class ApiError extends Error {
  /** 0: not reached. */
  readonly status: number;
  /** A problem's `type`; empty when there is none. */
  readonly type: string;
  /** From `Retry-After`; 0 without. */
  readonly retryAfterMs: number;

  constructor(status: number, type: string, title: string, retryAfterMs = 0) {
    super(title);
    this.name = "ApiError";
    this.status = status;
    this.type = type;
    this.retryAfterMs = retryAfterMs;
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const { type, title } = Object(body) as Partial<Problem>;
  const seconds = Number(response.headers.get("retry-after"));
  return new ApiError(
    response.status,
    typeof type === "string" ? type : "",
    typeof title === "string" ? title : `The server answered ${response.status}`,
    Number.isFinite(seconds) ? seconds * 1000 : 0,
  );
}

/** One request to the own server. Throws an ApiError for every answer but a good one. */
export async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { accept: "application/json" } };
  if (body !== undefined) {
    init.headers = { accept: "application/json", "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await guardedFetch(path, init);
  } catch {
    throw new ApiError(0, "", "Overture can't be reached");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The server's JSON, as its types in `src/api` say: player and server are delivered together. */
export async function get<Answer>(path: string): Promise<Answer> {
  return (await (await send("GET", path)).json()) as Answer;
}

export async function post<Answer>(path: string, body?: unknown): Promise<Answer> {
  return (await (await send("POST", path, body)).json()) as Answer;
}

export async function patch<Answer>(path: string, body: unknown): Promise<Answer> {
  return (await (await send("PATCH", path, body)).json()) as Answer;
}

export function query(parameters: Readonly<Record<string, string | number | readonly string[]>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [String(value)])
      search.append(name, each);
  }
  return search.toString();
}
