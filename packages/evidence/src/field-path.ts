import { InputError, type InputPath } from "@cordon/model";

import type { LogValue } from "./log-value.ts";

/** A path into a record: the keys from its root, and how the map wrote it. */
export interface FieldPath {
  readonly text: string;
  readonly keys: readonly string[];
}

const segment = /("(?:[^"\\]|\\.)*")|([\p{L}\p{N}_-]+)/uy;

function unquote(quoted: string, at: InputPath, text: string): string {
  try {
    const key: unknown = JSON.parse(quoted);
    if (typeof key === "string" && key !== "") return key;
  } catch {
    // Falls through to the one error below: an escape that JSON does not know.
  }
  throw new InputError(
    at,
    `path \`${text}\` has a key that cannot be read`,
    "a key in double quotes, escaped as in JSON",
  );
}

/**
 * Reads a path: dots descend, a key that has a dot or other sign is quoted (`"@timestamp"`). Letters, digits, `_` and
 * `-` stand unquoted. Throws an InputError at `at` for anything else.
 */
export function parseFieldPath(value: unknown, at: InputPath): FieldPath {
  if (typeof value !== "string" || value === "") {
    throw new InputError(
      at,
      `\`${String(value)}\` is no path`,
      "a path into the record, such as `params.user_id`",
    );
  }
  const keys: string[] = [];
  let position = 0;
  for (;;) {
    segment.lastIndex = position;
    const match = segment.exec(value);
    if (match === null) break;
    const [whole, quoted, bare] = match;
    keys.push(quoted === undefined ? (bare ?? "") : unquote(quoted, at, value));
    position += whole.length;
    if (position === value.length) return { text: value, keys };
    if (value[position] !== ".") break;
    position += 1;
  }
  throw new InputError(
    at,
    `path \`${value}\` cannot be read at character ${position + 1}`,
    "keys joined by dots, a key with another sign in double quotes, such as `'\"@timestamp\".zone'`",
  );
}

/**
 * The value at a path; undefined when it is absent. Only own properties count (`constructor` is no field), and an array
 * is entered by a number alone.
 */
export function valueAt(record: LogValue, path: FieldPath): LogValue | undefined {
  let value: LogValue | undefined = record;
  for (const key of path.keys) {
    if (typeof value !== "object" || value === null) return undefined;
    if (isList(value)) {
      if (!/^(0|[1-9]\d{0,8})$/.test(key)) return undefined;
      value = value[Number(key)];
    } else {
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
  }
  return value;
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}
