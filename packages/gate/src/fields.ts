import { GateError, type GatePath } from "./gate-error.ts";
import { parseDuration, parseInstant } from "./instant.ts";
import { parseSigningDigest } from "./signing-digest.ts";
import { parseVersion, type Version } from "./version.ts";

/** A value of a policy and where it stands. Every reader throws a GateError that names the place. */
export interface Field {
  readonly value: unknown;
  readonly path: GatePath;
}

export function fail(path: GatePath, message: string, expected: string): GateError {
  return new GateError("ERR_GATE_POLICY", path, message, expected);
}

/** The value as an error names it: short, and with its type where that is what is wrong. */
export function named(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "`null`";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `\`${value.length > 80 ? `${value.slice(0, 80)}…` : value}\``;
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} \`${value}\``;
  return `a ${typeof value}`;
}

/** The keys of a mapping, each of them allowed. A key whose value is undefined counts as absent. */
export function readMapping({ value, path }: Field, allowed: readonly string[]): ReadonlyMap<string, Field> {
  const fields = readEntries({ value, path });
  for (const key of fields.keys()) {
    if (!allowed.includes(key)) {
      throw fail([...path, key], `unknown key \`${key}\``, `one of ${allowed.join(", ")}`);
    }
  }
  return fields;
}

/** The entries of a mapping whose keys are free. */
export function readEntries({ value, path }: Field): ReadonlyMap<string, Field> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fail(path, `${named(value)} is no mapping`, "a mapping");
  }
  const fields = new Map<string, Field>();
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) fields.set(key, { value: item, path: [...path, key] });
  }
  return fields;
}

export function required(fields: ReadonlyMap<string, Field>, key: string, owner: GatePath): Field {
  const field = fields.get(key);
  if (field === undefined) throw fail(owner, `no \`${key}\``, `the key \`${key}\``);
  return field;
}

export function readList({ value, path }: Field): readonly Field[] {
  if (!Array.isArray(value)) throw fail(path, `${named(value)} is no list`, "a list");
  return value.map((item: unknown, index) => ({ value: item, path: [...path, index] }));
}

export function readText({ value, path }: Field): string {
  if (typeof value === "number" || typeof value === "boolean") {
    throw fail(path, `${named(value)} is no text`, "text (quote it)");
  }
  if (typeof value !== "string") throw fail(path, `${named(value)} is no text`, "text");
  if (value === "") throw fail(path, "the text is empty", "text");
  if (!value.isWellFormed()) throw fail(path, "half a surrogate pair", "text of Unicode characters");
  return value;
}

export function readTexts(field: Field): readonly string[] {
  return readList(field).map(readText);
}

export function readOneOf<const Value extends string>(field: Field, values: readonly Value[]): Value {
  const found = values.find((value) => value === field.value);
  if (found !== undefined) return found;
  throw fail(field.path, `${named(field.value)} is none of them`, `one of ${values.join(", ")}`);
}

export function readWholeNumber({ value, path }: Field, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  throw fail(path, `${named(value)} is no such number`, `a whole number ${range}`);
}

export function readInstant({ value, path }: Field): number {
  const ms = typeof value === "string" ? parseInstant(value) : null;
  if (ms !== null) return ms;
  throw fail(path, `${named(value)} is no time`, "an RFC 3339 time with `Z`, as in 2014-05-27T12:00:00Z");
}

export function readDuration({ value, path }: Field): number {
  const ms = typeof value === "string" ? parseDuration(value) : null;
  if (ms !== null) return ms;
  throw fail(path, `${named(value)} is no duration`, "a whole number and s, m, h or d, as in 72h");
}

export function readVersion(field: Field): Version {
  const text = readText(field);
  const version = parseVersion(text);
  if (version !== null) return version;
  throw fail(field.path, `${named(text)} is no version`, "one to four numbers, as in 1.1.0 or 2.0-rc.1");
}

export function readSigningDigest(field: Field): string {
  const text = readText(field);
  const digest = parseSigningDigest(text);
  if (digest !== null) return digest;
  throw fail(field.path, `${named(text)} is no digest`, "a SHA-256 in hex or base64url");
}
