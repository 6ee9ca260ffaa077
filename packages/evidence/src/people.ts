import type { Format, People } from "./data-map.ts";
import { valueAt } from "./field-path.ts";
import { idText, parseLogJson, type LogRecord, type LogValue } from "./log-value.ts";

/** Whom a record says an operation reached. */
export interface ReachedPeople {
  /** Account ids without repeats. */
  readonly names: readonly string[];
  /** A number of people whose ids are unknown; null when the record gives none. */
  readonly rows: number | null;
  /** True when the record does not tell all whom it reached. */
  readonly opensStore: boolean;
}

const nobodyKnows: ReachedPeople = { names: [], rows: null, opensStore: true };

/** A value that is missing, null, empty text or of the wrong type tells nothing; an empty list and 0 tell that it was nobody. */
export function readPeople(record: LogRecord, people: People, format: Format): ReachedPeople {
  if (people.kind === "unknown") return nobodyKnows;
  const found = valueAt(record, people.path);
  const value = typeof found === "string" && textFormats.has(format) ? textValue(found, people.kind) : found;
  switch (people.kind) {
    case "account": {
      const name = accountName(value, people.pattern);
      return name === null ? nobodyKnows : { names: [name], rows: null, opensStore: false };
    }
    case "accounts": {
      if (!isList(value)) return nobodyKnows;
      const names = new Set<string>();
      let opensStore = false;
      for (const item of value) {
        const name = accountName(item, people.pattern);
        if (name === null) opensStore = true;
        else names.add(name);
      }
      return { names: [...names], rows: null, opensStore };
    }
    case "rows":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
        ? { names: [], rows: value, opensStore: false }
        : nobodyKnows;
  }
}

/** Formats whose values are all text. */
const textFormats: ReadonlySet<Format> = new Set(["csv", "pgaudit"]);

/** What a text stands for: a list of ids is a JSON array, a number of people is decimal. */
function textValue(text: string, kind: "account" | "accounts" | "rows"): LogValue | undefined {
  switch (kind) {
    case "account":
      return text;
    case "rows":
      return /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
    case "accounts":
      try {
        return parseLogJson(text);
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
        throw error;
      }
  }
}

function accountName(value: LogValue | undefined, pattern: RegExp | null): string | null {
  const text = idText(value);
  if (text === null || pattern === null) return text;
  const account = pattern.exec(text)?.groups?.["account"];
  return idText(account);
}

function isList(value: LogValue | undefined): value is readonly LogValue[] {
  return Array.isArray(value);
}
