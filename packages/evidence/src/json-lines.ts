import { parseLogJson, type LogValue } from "./log-value.ts";
import { lineIsBlank } from "./physical-line.ts";
import type { AssembledRecord, RecordAssembler } from "./record-assembler.ts";

/** JSON Lines: a record a line. */
export function assembleJsonLines(): RecordAssembler {
  return {
    take({ line, text }) {
      return lineIsBlank(text) ? [] : [parseRecord(text, line, "the line")];
    },
    miss: (line, unreadable) => [{ line, unreadable }],
    end: () => [],
  };
}

/** JSON text as a record. `what` begins the reason for text that is none. */
export function parseRecord(
  text: string,
  line: number,
  what: "the line" | "the record",
): (AssembledRecord & { readonly record: LogValue }) | (AssembledRecord & { readonly unreadable: string }) {
  try {
    return { line, record: parseLogJson(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { line, unreadable: `${what} is no JSON` };
    if (error instanceof RangeError) return { line, unreadable: `${what} is nested too deeply` };
    throw error;
  }
}
