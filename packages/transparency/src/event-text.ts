import { canonicalJson, isJsonObject, type JsonObject } from "@cordon/model";
import { TransparencyError } from "./errors.ts";

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EVENT_MALFORMED", what);
}

/** RFC 7493 2.1: neither surrogates nor noncharacters. */
function isIJsonString(text: string): boolean {
  return text.isWellFormed() && !/[\p{Noncharacter_Code_Point}]/u.test(text);
}

function checkIJson(value: unknown, place: string): void {
  switch (typeof value) {
    case "boolean":
      return;
    case "number":
      if (!Number.isFinite(value)) throw malformed(`event has a number that JSON can't hold at \`${place}\``);
      return;
    case "string":
      if (!isIJsonString(value)) throw malformed(`event has text that is no Unicode text at \`${place}\``);
      return;
    case "object":
      break;
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      throw malformed(`event has a value that JSON can't hold at \`${place}\``);
  }
  if (value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item: unknown, i) => {
      checkIJson(item, `${place}.${i}`);
    });
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw malformed(`event has an object that is no plain one at \`${place}\``);
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isIJsonString(key)) throw malformed(`event has a key that is no Unicode text at \`${place}\``);
    checkIJson(member, place === "" ? key : `${place}.${key}`);
  }
}

/** The canonical text (RFC 8785) of an event, which is an I-JSON object (RFC 7493). Throws ERR_EVENT_MALFORMED. */
export function eventText(event: unknown): string {
  if (!isJsonObject(event)) throw malformed("event is no JSON object");
  checkIJson(event, "");
  return canonicalJson(event);
}

/** The event of a canonical text. Throws ERR_EVENT_MALFORMED for text that is not the canonical form of an I-JSON object. */
export function parseEventText(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TransparencyError("ERR_EVENT_MALFORMED", "event is no JSON", { cause });
  }
  if (!isJsonObject(value) || eventText(value) !== text) throw malformed("event is not canonical JSON");
  return value;
}
