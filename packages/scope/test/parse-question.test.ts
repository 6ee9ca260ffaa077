import { InputError } from "@cordon/model";
import { describe, expect, test } from "vitest";
import { parseQuestion } from "../src/index.ts";

const question = {
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  suspect: [{ actor: "svc-metrics" }, { address: "203.0.113.7", session: "9f2c" }],
  decoys: ["canary-0017", "canary-0001", "canary-0017"],
};

function flaw(value: unknown, sources: Record<string, string> = {}): string {
  try {
    parseQuestion(value, (path) => sources[path.join(".")] ?? null);
  } catch (error) {
    if (error instanceof InputError) return `${error.path.join(".")}: ${error.message}`;
    throw error;
  }
  return "nothing wrong";
}

test("the question of contracts 2 is read", () => {
  const { suspects, decoys, fromUs, toUs } = parseQuestion(question);
  expect(suspects.map((suspect) => Object.fromEntries(suspect))).toEqual(question.suspect);
  expect(decoys).toEqual(["canary-0001", "canary-0017"]);
  expect(toUs - fromUs).toBe(6 * 86_400_000_000);
});

test("a number stands for its text when it was written so", () => {
  const { suspects } = parseQuestion({ ...question, suspect: [{ session: 42 }] }, () => "42");
  expect(suspects[0]?.get("session")).toBe("42");
});

describe("wrong input names its key", () => {
  test.each<[string, unknown, Record<string, string>?]>([
    [
      "window.to: the window ends before it begins",
      { ...question, window: { from: question.window.from, to: question.window.from } },
    ],
    [
      "window.from: `yesterday` is no time",
      { ...question, window: { ...question.window, from: "yesterday" } },
    ],
    [": key `window` is missing", { suspect: question.suspect }],
    ["colour: unknown key `colour`", { ...question, colour: "red" }],
    ["suspect: `[]` is no list of suspects", { ...question, suspect: [] }],
    ["suspect.0: the suspect has no field", { ...question, suspect: [{}] }],
    ["suspect.0.time: unknown key `time`", { ...question, suspect: [{ time: "x" }] }],
    ["suspect.0.sequence: unknown key `sequence`", { ...question, suspect: [{ sequence: 1 }] }],
    ["suspect.0.actor: the text is empty", { ...question, suspect: [{ actor: "" }] }],
    ["suspect.0.actor: nothing is no text", { ...question, suspect: [{ actor: null }] }],
    ['suspect.0.actor: `["a"]` is no text', { ...question, suspect: [{ actor: ["a"] }] }],
    [
      "suspect.0.session: `0042` may be read as a number or as text",
      { ...question, suspect: [{ session: 42 }] },
      { "suspect.0.session": "0042" },
    ],
    [
      "decoys.0: `9007199254740993` may be read as a number or as text",
      { ...question, decoys: [9007199254740992] },
      { "decoys.0": "9007199254740993" },
    ],
    [
      "decoys.0: `9007199254740992` may be read as a number or as text",
      { ...question, decoys: [9007199254740992] },
    ],
    ["decoys: `d` is no list of account ids", { ...question, decoys: "d" }],
  ])("%s", (expected, value, sources) => {
    expect(flaw(value, sources)).toBe(expected);
  });
});
