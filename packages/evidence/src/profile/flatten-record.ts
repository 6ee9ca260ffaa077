import { isLogRecord, type LogRecord, type LogValue } from "../log-value.ts";

/** How much of one record is looked at: a first look must not be drowned by one hostile line. */
const flattenLimits = {
  keysPerObject: 200,
  valuesPerRecord: 500,
  depth: 12,
  listElements: 100,
} as const;

type Scalar = null | boolean | number | bigint | string;

/** A record's scalars and lists of scalars by path, as the map writes paths. */
export interface FlatRecord {
  readonly scalars: ReadonlyMap<string, Scalar>;
  readonly lists: ReadonlyMap<string, readonly Scalar[]>;
  /** Scalars inside lists of objects (`result[].id`), which no path of the map reaches. */
  readonly inside: ReadonlyMap<string, readonly Scalar[]>;
  /** True when the record has more than the limits let be looked at. */
  readonly isCut: boolean;
}

/** `listsInText`: a list may stand as JSON in a text, as it does in CSV cells. */
export function flattenRecord(record: LogRecord, listsInText: boolean): FlatRecord {
  const scalars = new Map<string, Scalar>();
  const lists = new Map<string, readonly Scalar[]>();
  const inside = new Map<string, Scalar[]>();
  let left: number = flattenLimits.valuesPerRecord;
  let isCut = false;

  const walk = (object: LogRecord, prefix: string, depth: number): void => {
    let keys = 0;
    for (const key in object) {
      if (!Object.hasOwn(object, key)) continue;
      keys += 1;
      if (keys > flattenLimits.keysPerObject || left <= 0) {
        isCut = true;
        return;
      }
      const segment = segmentText(key);
      const value = object[key];
      if (segment === null || value === undefined) continue;
      take(value, prefix === "" ? segment : `${prefix}.${segment}`, depth);
    }
  };
  const take = (found: LogValue, path: string, depth: number): void => {
    const value = listsInText && typeof found === "string" ? listOfText(found) : found;
    left -= 1;
    if (isLogRecord(value)) {
      if (depth < flattenLimits.depth) walk(value, path, depth + 1);
      else isCut = true;
    } else if (isList(value)) takeList(value, path);
    else scalars.set(path, value);
  };
  const takeList = (list: readonly LogValue[], path: string): void => {
    const first = list.slice(0, flattenLimits.listElements);
    lists.set(
      path,
      first.filter((item): item is Scalar => !isList(item) && !isLogRecord(item)),
    );
    for (const item of first) {
      if (!isLogRecord(item)) continue;
      for (const key of Object.keys(item).slice(0, flattenLimits.keysPerObject)) {
        const value = item[key];
        const segment = segmentText(key);
        if (segment === null || value === undefined || isList(value) || isLogRecord(value)) continue;
        if (left <= 0) {
          isCut = true;
          return;
        }
        left -= 1;
        const name = `${path}[].${segment}`;
        const held = inside.get(name);
        if (held === undefined) inside.set(name, [value]);
        else held.push(value);
      }
    }
  };

  walk(record, "", 1);
  return { scalars, lists, inside, isCut };
}

/** A key as a path of the map has it; null for a key that no path can name. */
function segmentText(key: string): string | null {
  if (key === "" || !key.isWellFormed() || key.length > 200) return null;
  return /^[\p{L}\p{N}_-]+$/u.test(key) ? key : JSON.stringify(key);
}

function listOfText(text: string): LogValue {
  if (!text.startsWith("[") || text.length > 100_000) return text;
  try {
    const value = JSON.parse(text) as LogValue;
    return isList(value) ? value : text;
  } catch {
    return text;
  }
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}
