import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isJsonObject, type Json, type JsonObject } from "@cordon/model";
import { describe, expect, test } from "vitest";
import { askEvidence } from "./ask-evidence.ts";

const folder = path.join(import.meta.dirname, "../../../../vectors/scope");

describe.each(readdirSync(folder).filter((name) => name.endsWith(".json")))("vectors/scope/%s", (name) => {
  const file = readVectors(path.join(folder, name));
  test.each(file.cases.map((entry) => [entry.sentence, entry] as const))("%s", async (_, entry) => {
    const { expected, ...patch } = entry;
    const given = mergePatch(file.base, patch);
    const { answer } = await askEvidence(given);
    expect(partOf(answer, expected)).toEqual(expected);
  });
});

interface Vectors {
  readonly base: JsonObject;
  readonly cases: readonly (JsonObject & { readonly sentence: string })[];
}

function readVectors(file: string): Vectors {
  return JSON.parse(readFileSync(file, "utf8")) as Vectors;
}

/** RFC 7396. */
function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? mergePatch(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}

/** The part of an answer that a vector speaks of: the same keys of objects, whole lists; what is absent is null. */
function partOf(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => partOf(actual[index], expected[index]));
  }
  if (!isJsonObject(expected) || !isJsonObject(actual)) return actual ?? null;
  return Object.fromEntries(Object.keys(expected).map((key) => [key, partOf(actual[key], expected[key])]));
}
