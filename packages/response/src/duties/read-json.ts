import { InputError, parseInstant, type InputPath } from "@cordon/model";

const textMax = 10_000;

/** Readers of plain JSON values. Each throws InputError with the place, and with what was expected. */
export function object(
  value: unknown,
  path: InputPath,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(path, "no object", `an object with ${keys.join(", ")}`);
  const stray = Object.keys(value).find((key) => !keys.includes(key));
  if (stray !== undefined)
    throw new InputError([...path, stray], `an unknown key \`${stray}\``, `one of ${keys.join(", ")}`);
  return value as Readonly<Record<string, unknown>>;
}

export function list(value: unknown, path: InputPath, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  throw new InputError(path, "no list", `a list of at most ${most}`);
}

/** Absent is null. */
export function optional(value: unknown): unknown {
  return value ?? null;
}

export function text(value: unknown, path: InputPath): string {
  if (typeof value === "string" && value !== "" && value.length <= textMax) return value;
  throw new InputError(path, "no text", `text of 1 to ${textMax} characters`);
}

export function textOrNull(value: unknown, path: InputPath): string | null {
  return value === undefined || value === null || value === "" ? null : text(value, path);
}

export function choice<Name extends string>(value: unknown, path: InputPath, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new InputError(path, `\`${String(value)}\``, `one of ${names.join(", ")}`);
}

export function oneOf<Name extends string>(
  value: unknown,
  path: InputPath,
  names: readonly Name[],
): Name | null {
  return optional(value) === null ? null : choice(value, path, names);
}

export function whole(value: unknown, path: InputPath, least: number, most: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new InputError(path, `\`${String(value)}\``, `a whole number from ${least} to ${most}`);
}

export function date(value: unknown, path: InputPath): string {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    if (parseInstant(`${value}T00:00:00Z`) !== null) return value;
  }
  throw new InputError(path, `\`${String(value)}\``, "a date, as 2026-11-23");
}

export function dateOrNull(value: unknown, path: InputPath): string | null {
  return optional(value) === null ? null : date(value, path);
}

/** Milliseconds since the epoch. */
export function instant(value: unknown, path: InputPath): number {
  const ms = typeof value === "string" ? parseInstant(value) : null;
  if (ms !== null) return ms;
  throw new InputError(path, `\`${String(value)}\``, "an RFC 3339 time with `Z`, as 2026-11-23T12:00:00Z");
}
