import { EnforcementError } from "../errors.ts";
import { readBody } from "../read-body.ts";

/** How the doctor asks others: nothing may be slow, large or elsewhere than told. */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly fetch: typeof globalThis.fetch;
}

export const askDefaults = { timeoutMs: 10_000, bytesMax: 1024 * 1024 } as const;

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An https URL, or http on this machine. Throws an EnforcementError for anything else. */
export function checkedUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  const fits = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url !== null && fits && url.username === "" && url.password === "") return url;
  throw new EnforcementError(
    "ERR_ENFORCEMENT_OPTION",
    `${what} is no such URL, expected https://…, or http://… on this machine, without a password`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** One request; redirects are not followed. Throws an EnforcementError (ERR_ENFORCEMENT_SOURCE) when no whole answer comes. */
export async function askUrl(
  url: URL,
  {
    timeoutMs,
    bytesMax,
    fetch,
    ...request
  }: AskOptions & {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<Asked> {
  const where = `${url.origin}${url.pathname}`;
  try {
    const response = await fetch(url, {
      ...request,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = response.body === null ? new Uint8Array() : await readBody(response.body, bytesMax);
    if (bytes === null) {
      throw new EnforcementError(
        "ERR_ENFORCEMENT_SOURCE",
        `\`${where}\` answers over ${bytesMax} bytes, expected less`,
      );
    }
    return { status: response.status, headers: response.headers, text: new TextDecoder().decode(bytes) };
  } catch (cause) {
    if (cause instanceof EnforcementError) throw cause;
    const text = `\`${where}\` gave no answer within ${timeoutMs} ms, expected a server there`;
    throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", text, { cause });
  }
}

/** As `askUrl`, for a JSON object with status 200. */
export async function askJson(url: URL, options: AskOptions): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await askUrl(url, { ...options, headers: { accept: "application/json" } });
  const value = status === 200 ? jsonOf(text) : null;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  const where = `${url.origin}${url.pathname}`;
  throw new EnforcementError(
    "ERR_ENFORCEMENT_SOURCE",
    `\`${where}\` answered ${status} without a JSON object, expected 200 with one`,
  );
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller asks whether it is what it should be.
    return undefined;
  }
}
