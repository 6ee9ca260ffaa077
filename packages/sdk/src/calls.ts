import { request, type Connection, type RequestOptions } from "./request.ts";

export interface CommandOptions {
  /** To repeat a command of an earlier process: the same key acts once. Without it each call has a new key. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

/** Which part of a list is read; without it the first hundred. */
export interface PageOptions extends QueryOptions {
  /** `next` of the page before. */
  readonly cursor?: string;
  readonly limit?: number;
}

/** How operations are called. */
export abstract class Calls {
  readonly #connection: Connection;
  readonly #newId: () => string;

  constructor(connection: Connection, newId: () => string) {
    this.#connection = connection;
    this.#newId = newId;
  }

  protected get(path: string, options: QueryOptions): Promise<unknown> {
    return request(this.#connection, { method: "GET", path, ...signalOf(options) });
  }

  protected page(path: string, { cursor, limit, ...options }: PageOptions): Promise<unknown> {
    const query = new URLSearchParams();
    if (cursor !== undefined) query.set("cursor", cursor);
    if (limit !== undefined) query.set("limit", String(limit));
    return this.get(query.size === 0 ? path : `${path}?${query.toString()}`, options);
  }

  /** The bytes that an operation answers. */
  protected async bytes(path: string, options: QueryOptions): Promise<Uint8Array> {
    const answered = await request(this.#connection, {
      method: "GET",
      path,
      answer: "bytes",
      ...signalOf(options),
    });
    if (!(answered instanceof Uint8Array)) throw new TypeError("an answer that is no bytes");
    return answered;
  }

  /** Tried once: what it answers is in no later answer. */
  protected once(
    path: string,
    body: unknown,
    options: QueryOptions,
    more: { readonly timeoutMs?: number } = {},
  ): Promise<unknown> {
    const whole = { method: "POST", path, ...signalOf(options), ...more } as const;
    return request(this.#connection, body === undefined ? whole : { ...whole, body });
  }

  protected command(
    path: string,
    body: unknown,
    options: CommandOptions,
    more: { readonly timeoutMs?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<unknown> {
    const whole: RequestOptions = {
      method: "POST",
      path,
      idempotencyKey: options.idempotencyKey ?? this.#newId(),
      ...(body === undefined ? {} : { body }),
      ...signalOf(options),
      ...more,
    };
    return request(this.#connection, whole);
  }
}

function signalOf({ signal }: QueryOptions): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

export function incidentPath(incidentId: string): string {
  return `/v1/incidents/${encodeURIComponent(incidentId)}`;
}

export function planPath(incidentId: string, planId: string): string {
  return `${incidentPath(incidentId)}/plans/${encodeURIComponent(planId)}`;
}

export function operatorPath(operator: string): string {
  return `/v1/operators/${encodeURIComponent(operator)}`;
}

export function noticePath(incidentId: string, noticeId: string): string {
  return `${incidentPath(incidentId)}/notices/${encodeURIComponent(noticeId)}`;
}
