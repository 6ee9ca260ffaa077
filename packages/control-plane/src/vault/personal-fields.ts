import { isJsonObject, type Json, type JsonObject } from "@cordon/model";
import { isSealed } from "./seal.ts";

/** Keys under which events name people, wherever they stand. */
const personalKeys: ReadonlySet<string> = new Set([
  "accountIds",
  "affected",
  "decoys",
  "decoysTouched",
  "decoysTouchedByOthers",
  "question",
  "recipients",
  "rejectedLines",
  "suspect",
]);

/** Words that somebody wrote in the middle of a night, by type of event: they may say anything about anybody. */
const personalWords: { readonly [type: string]: readonly string[] } = {
  "note-added": ["text"],
  "task-added": ["title"],
  "task-finished": ["outcome"],
  "file-attached": ["name"],
};

/** Under `accounts` stand bounds (numbers) or a list of people. */
function isPersonal(key: string, value: Json): boolean {
  if (key === "accounts") return Array.isArray(value) && value.some((one) => typeof one === "string");
  return personalKeys.has(key) && !isEmpty(value);
}

function isEmpty(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** The event's data with every personal value put through `change`; the very same object where there is none. */
export function mapPersonal(type: string, data: JsonObject, change: (value: Json) => Json): JsonObject {
  const words = personalWords[type] ?? [];
  return mapObject(data, change, (key, value) => words.includes(key) || isPersonal(key, value));
}

/** The data with every sealed value put through `change`, wherever it stands. */
export function mapSealed(data: JsonObject, change: (value: Json) => Json): JsonObject {
  return mapObject(data, change, (_, value) => isSealed(value));
}

/** Whether an event names people, sealed or not. */
export function namesPeople(type: string, data: JsonObject): boolean {
  const gone = (): Json => null;
  return mapPersonal(type, data, gone) !== data || mapSealed(data, gone) !== data;
}

function mapObject(
  data: JsonObject,
  change: (value: Json) => Json,
  isMeant: (key: string, value: Json) => boolean,
): JsonObject {
  const entries = Object.entries(data).map(([key, value]): [string, Json] => [
    key,
    isMeant(key, value) ? change(value) : mapValue(value, change, isMeant),
  ]);
  return entries.some(([key, value]) => value !== data[key]) ? Object.fromEntries(entries) : data;
}

function mapValue(
  value: Json,
  change: (value: Json) => Json,
  isMeant: (key: string, value: Json) => boolean,
): Json {
  if (isJsonObject(value)) return mapObject(value, change, isMeant);
  if (!Array.isArray(value) || value.every((one) => typeof one !== "object")) return value;
  const values: readonly Json[] = value;
  const next = values.map((one) => mapValue(one, change, isMeant));
  return next.every((one, index) => one === values[index]) ? values : next;
}
