import {
  compareCodePoints,
  documentText,
  InputError,
  isJsonObject,
  parseLogTimeUs,
  type InputPath,
  type JsonObject,
  type SourceText,
} from "@cordon/model";

import { suspectFields, type SuspectField } from "./map-facts.ts";
import type { Question } from "./question.ts";

/**
 * Reads a question (contracts 2) from plain JSON values. Throws an InputError with the key path for unknown keys and
 * everything else that the format does not have.
 */
export function parseQuestion(value: unknown, sourceAt: SourceText = () => null): Question {
  const question = mapping(value, [], ["window", "suspect", "decoys"]);
  const { fromUs, toUs } = parseWindow(required(question, [], "window"));
  const suspects = list(required(question, [], "suspect"), ["suspect"], "suspects").map((entry, index) =>
    parseSuspect(entry, ["suspect", index], sourceAt),
  );
  return { fromUs, toUs, suspects, decoys: parseDecoys(question, sourceAt) };
}

function parseWindow(value: unknown): { fromUs: number; toUs: number } {
  const window = mapping(value, ["window"], ["from", "to"]);
  const fromUs = parseTime(required(window, ["window"], "from"), ["window", "from"]);
  const toUs = parseTime(required(window, ["window"], "to"), ["window", "to"]);
  if (fromUs >= toUs)
    throw new InputError(["window", "to"], "the window ends before it begins", "a time after `from`");
  return { fromUs, toUs };
}

function parseTime(value: unknown, path: InputPath): number {
  const timeUs = typeof value === "string" ? parseLogTimeUs(value) : null;
  if (timeUs !== null) return timeUs;
  throw new InputError(path, `${shown(value)} is no time`, "an ISO 8601 time such as `2014-05-20T00:00:00Z`");
}

function parseSuspect(
  value: unknown,
  path: InputPath,
  sourceAt: SourceText,
): ReadonlyMap<SuspectField, string> {
  const entry = mapping(value, path, suspectFields);
  const suspect = new Map<SuspectField, string>();
  for (const field of suspectFields) {
    if (!Object.hasOwn(entry, field)) continue;
    const text = documentText(entry[field], [...path, field], sourceAt);
    if (text === "")
      throw new InputError([...path, field], "the text is empty", "the text that the events have");
    suspect.set(field, text);
  }
  if (suspect.size === 0) {
    throw new InputError(
      path,
      "the suspect has no field",
      "at least one field, such as `actor: svc-metrics`",
    );
  }
  return suspect;
}

function parseDecoys(question: JsonObject, sourceAt: SourceText): readonly string[] {
  if (!Object.hasOwn(question, "decoys")) return [];
  const { decoys } = question;
  if (!Array.isArray(decoys)) {
    throw new InputError(["decoys"], `${shown(decoys)} is no list of account ids`, "a list of account ids");
  }
  const ids = decoys.map((decoy: unknown, index) => {
    const id = documentText(decoy, ["decoys", index], sourceAt);
    if (id === "") throw new InputError(["decoys", index], "the account id is empty", "an account id");
    return id;
  });
  return [...new Set(ids)].sort(compareCodePoints);
}

function mapping(value: unknown, path: InputPath, keys: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new InputError(path, `${shown(value)} is no mapping`, "a mapping");
  const unknownKey = Object.keys(value).find((key) => !keys.includes(key));
  if (unknownKey === undefined) return value;
  const known = keys.map((key) => `\`${key}\``).join(", ");
  throw new InputError([...path, unknownKey], `unknown key \`${unknownKey}\``, known);
}

function required(parent: JsonObject, path: InputPath, key: string): unknown {
  if (Object.hasOwn(parent, key)) return parent[key];
  throw new InputError(path, `key \`${key}\` is missing`, `a mapping with \`${key}\``);
}

function list(value: unknown, path: InputPath, of: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new InputError(path, `${shown(value)} is no list of ${of}`, `a list of at least one of ${of}`);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
