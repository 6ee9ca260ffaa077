/** A whole HTTP answer, ready to be sent by any server. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: there is none, as with 304. */
  readonly body: Uint8Array | null;
}

/** An answer with a JSON body. `type` is its media type; JSON is UTF-8 and takes no charset (RFC 8259, 11). */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  type = "application/json",
): HttpAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: { "content-type": type, "content-length": String(body.length), ...headers },
    body,
  };
}
