import { InputError, type InputPath } from "./errors.ts";

/** A scalar's text as its document has it; null when the document does not know it (JSON over HTTP). */
export type SourceText = (path: InputPath) => string | null;

/**
 * The text of a scalar in a document that compares it with text. A number or boolean stands for its text only when that is how
 * it was written: `0017`, `1.10`, `1e3`, `True` and integers beyond 2^53 would silently become another text, so they
 * are wrong input. Throws an InputError at `path`.
 */
export function documentText(value: unknown, path: InputPath, sourceAt: SourceText): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") {
    const text = String(value);
    const exact = typeof value === "boolean" || !Number.isInteger(value) || Number.isSafeInteger(value);
    const source = sourceAt(path);
    if (source === null ? exact : source === text) return text;
    throw new InputError(path, `\`${source ?? text}\` may be read as a number or as text`, "text in quotes");
  }
  const shown = value === undefined || value === null ? "nothing" : `\`${JSON.stringify(value)}\``;
  throw new InputError(path, `${shown} is no text`, "text");
}
