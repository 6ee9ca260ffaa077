import { ByteTexts } from "./byte-texts.ts";
import type { Condition, People, Source } from "./data-map.ts";
import { eventKinds } from "./event-columns.ts";
import type { FieldPath } from "./field-path.ts";
import { LineScanner, valueKinds } from "./line-scanner.ts";
import { parseLogJson } from "./log-value.ts";
import { mappedPaths } from "./mapped-paths.ts";
import { compileNormaliser, type Normaliser } from "./normalise.ts";
import { PlainTime } from "./plain-time.ts";

/** The parts of an event that differ from line to line; the rest is its shape's. */
export const spanColumns = ["id", "actor", "address", "session", "number", "account", "people"] as const;
export type SpanColumn = (typeof spanColumns)[number];

/** What all lines have in common that differ only in their ids, times, fields and people. */
export interface LineShape {
  readonly operation: string;
  readonly outcome: string | null;
  readonly chain: string | null;
  /** One of `eventKinds`. */
  readonly kind: number;
  readonly entry: number | null;
  readonly opens: boolean;
  /** As of LogEvent; null when it differs from line to line: see `untold`. */
  readonly untold: string | null;
}

/**
 * Reads lines of JSON in bulk: one pass over the bytes finds the values at the mapped paths, and what they mean is asked of
 * the row-wise normaliser once for each combination of operation, conditions and kinds of values. INVARIANT: where it
 * reads a line at all, it reads it as the row-wise normaliser does.
 */
export class LineReader {
  /** Of the last line, in microseconds since the epoch. */
  timeUs = 0;
  /** Where the last line's columns begin, in the order of `spanColumns`; -1 for none. */
  readonly starts = new Int32Array(spanColumns.length);
  readonly ends = new Int32Array(spanColumns.length);
  /** The accounts of the last line when its bytes don't tell them: a list, or what a pattern found; else null. */
  accounts: readonly string[] | null = null;
  /** Of the last line when its shape's is null. */
  untold = "";

  readonly #source: Source;
  readonly #normaliser: Normaliser;
  readonly #paths: readonly FieldPath[];
  readonly #scanner: LineScanner;
  readonly #time = new PlainTime();
  readonly #timeSlot: number;
  readonly #sequenceSlot: number;
  /** The slot of each column but the people's, which depend on the operation; -1 when nothing is mapped. */
  readonly #columnSlots: Int32Array;
  readonly #codedSlots: readonly number[];
  readonly #freeSlots: readonly number[];
  readonly #values: ReadonlyMap<number, ByteTexts>;
  /** From a state and a code to the next state; a line's last one has its shape. */
  readonly #states = new Map<number, number>();
  readonly #earlyStates = new Int32Array(earlyStates * earlyCodes);
  readonly #shapes = new Map<number, ShapeInUse>();
  #stateCount = 1;

  constructor(source: Source) {
    this.#source = source;
    this.#normaliser = compileNormaliser(source);
    const paths = new Map<string, FieldPath>();
    const slotOf = (path: FieldPath | undefined | null): number => {
      if (path === undefined || path === null) return -1;
      const key = JSON.stringify(path.keys);
      if (!paths.has(key)) paths.set(key, path);
      return [...paths.keys()].indexOf(key);
    };
    const mapped = mappedPaths(source);
    for (const path of mapped) slotOf(path);
    const { fields } = source;
    this.#columnSlots = Int32Array.from(spanColumns, (column) =>
      column === "account" || column === "people"
        ? -1
        : slotOf(fields.get(column === "number" ? "sequence" : column)),
    );
    this.#timeSlot = slotOf(fields.get("time"));
    this.#sequenceSlot = slotOf(fields.get("sequence"));
    const coded = new Set(
      [
        fields.get("operation"),
        fields.get("outcome"),
        source.chainPath,
        ...conditionsOf(source).map(({ path }) => path),
      ].map(slotOf),
    );
    coded.delete(-1);
    this.#codedSlots = [...coded];
    this.#paths = [...paths.values()];
    this.#freeSlots = this.#paths.flatMap((_, slot) =>
      coded.has(slot) || slot === this.#timeSlot ? [] : [slot],
    );
    this.#values = new Map(this.#codedSlots.map((slot) => [slot, new ByteTexts(codedValuesMax)]));
    this.#scanner = new LineScanner(this.#paths);
  }

  /** The line's shape; null when it must be read row by row. The bytes must be UTF-8. */
  read(bytes: Uint8Array, from: number, to: number): LineShape | null {
    const scanner = this.#scanner;
    if (!scanner.scan(bytes, from, to)) return null;
    const state = this.#readTime(bytes) ? this.#stateOf(bytes) : -1;
    if (state === -1) return null;
    let shape = this.#shapes.get(state);
    if (shape === undefined) {
      const made = this.#makeShape(bytes, from, to);
      if (made === null) return null;
      this.#shapes.set(state, made);
      shape = made;
    }
    return this.#readColumns(shape, bytes) ? shape : null;
  }

  #readTime(bytes: Uint8Array): boolean {
    const { kinds, starts, ends } = this.#scanner;
    const slot = this.#timeSlot;
    const start = starts[slot] ?? 0;
    const end = ends[slot] ?? 0;
    if (this.#source.format === "ocsf") {
      if (kinds[slot] !== valueKinds.whole || bytes[start] === 0x2d || end - start > 13) return false;
      const ms = wholeAt(bytes, start, end);
      this.timeUs = ms * 1000;
      return ms < epochMsEnd;
    }
    if (kinds[slot] !== valueKinds.text) return false;
    this.timeUs = this.#time.read(bytes, start, end);
    return !Number.isNaN(this.timeUs);
  }

  /** -1 when there are too many combinations, or values that only the row-wise reader judges. */
  #stateOf(bytes: Uint8Array): number {
    const { kinds, starts, ends } = this.#scanner;
    let state = this.#next(0, this.#time.digits);
    for (const slot of this.#codedSlots) {
      const kind = kinds[slot] ?? 0;
      let code = kind;
      if (kind === valueKinds.text || kind === valueKinds.whole) {
        const number = this.#values.get(slot)?.numberOf(bytes, starts[slot] ?? 0, ends[slot] ?? 0) ?? -1;
        if (number === -1) return -1;
        code = 8 + number * 2 + (kind === valueKinds.text ? 1 : 0);
      }
      state = this.#next(state, code);
    }
    // Three bits each, four at a time.
    let code = 0;
    let packed = 0;
    for (const slot of this.#freeSlots) {
      code = (code << 3) | (kinds[slot] ?? 0);
      packed += 1;
      if (packed < 4) continue;
      state = this.#next(state, code);
      code = 0;
      packed = 0;
    }
    return packed === 0 ? state : this.#next(state, code);
  }

  #next(state: number, code: number): number {
    if (state === -1) return -1;
    // Nearly all are among the first of both, where an array is quicker than a map; 0 stands for none: no state leads to it.
    const isEarly = state < earlyStates && code < earlyCodes;
    const at = state * earlyCodes + code;
    if (isEarly) {
      const early = this.#earlyStates[at] ?? 0;
      if (early !== 0) return early;
    }
    const key = state * codesMax + code;
    const known = isEarly ? undefined : this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#stateCount >= statesMax) return -1;
    const made = this.#stateCount;
    this.#stateCount += 1;
    if (isEarly) this.#earlyStates[at] = made;
    else this.#states.set(key, made);
    return made;
  }

  /** Null when the line must be read row by row. */
  #makeShape(bytes: Uint8Array, from: number, to: number): ShapeInUse | null {
    const { kinds } = this.#scanner;
    const event = this.#normaliser.normalise(parseLogJson(textAt(bytes, from, to)));
    if ("unreadable" in event) return null;
    const { people, outcome, untold } = event;
    const peopleSlot = people === null || people.kind === "unknown" ? -1 : this.#slotOf(people.path);
    for (const [slot, kind] of kinds.entries()) {
      // Lists are read where they list accounts, one text each, and nowhere else.
      if (kind === valueKinds.list && (slot !== peopleSlot || untold[slot] !== "l")) return null;
    }
    const names = outcome.kind === "access" || outcome.kind === "refused" ? outcome.names : [];
    const access = outcome.kind === "access" ? outcome : null;
    const peopleKind = kinds[peopleSlot] ?? valueKinds.absent;
    const isText = peopleKind === valueKinds.text || peopleKind === valueKinds.whole;
    // What a value like this one can be is not what this one is: another line may make the shape.
    if (people?.kind === "account" && isText && names.length === 0) return null;
    if (people?.kind === "rows" && peopleKind === valueKinds.whole && access?.rows === null) return null;
    const open = untold.flatMap((sign, slot) =>
      sign.length > 1 && (sign.startsWith("s") || sign.startsWith("n")) && !this.#codedSlots.includes(slot)
        ? [slot]
        : [],
    );
    return {
      operation: event.operation,
      outcome: event.fields.get("outcome") ?? null,
      chain: event.chain,
      kind: eventKinds[outcome.kind],
      entry: access?.entry ?? null,
      opens: access?.opensStore ?? false,
      untold: open.length === 0 ? untold.join(",") : null,
      people,
      peopleSlot,
      reads: readingOf(people, peopleKind),
      untoldSigns: untold,
      openSlots: open,
    };
  }

  #slotOf(path: FieldPath): number {
    const key = JSON.stringify(path.keys);
    return this.#paths.findIndex(({ keys }) => JSON.stringify(keys) === key);
  }

  /** False when the line must be read row by row. */
  #readColumns(shape: ShapeInUse, bytes: Uint8Array): boolean {
    const { kinds, starts, ends } = this.#scanner;
    for (let column = 0; column < peopleColumn; column += 1) {
      const slot = this.#columnSlots[column] ?? -1;
      const kind = slot === -1 ? valueKinds.absent : (kinds[slot] ?? 0);
      const isScalar = kind > valueKinds.null && kind !== valueKinds.list;
      this.starts[column] = isScalar ? (starts[slot] ?? -1) : -1;
      this.ends[column] = isScalar ? (ends[slot] ?? -1) : -1;
    }
    const sequence = this.#sequenceSlot;
    if (sequence !== -1 && kinds[sequence] === valueKinds.text) {
      if (!isWholeText(bytes, starts[sequence] ?? 0, ends[sequence] ?? 0)) return false;
    }
    this.accounts = null;
    this.starts[accountColumn] = -1;
    this.starts[peopleColumn] = -1;
    const { peopleSlot, people } = shape;
    const start = starts[peopleSlot] ?? 0;
    const end = ends[peopleSlot] ?? 0;
    switch (shape.reads) {
      case "account":
        if (people?.kind === "account" && people.pattern !== null) {
          const account = people.pattern.exec(textAt(bytes, start, end))?.groups?.["account"] ?? "";
          if (account === "" || !account.isWellFormed()) return false;
          this.accounts = [account];
        } else {
          this.starts[accountColumn] = start;
          this.ends[accountColumn] = end;
        }
        break;
      case "list": {
        const accounts = readTexts(textAt(bytes, start, end));
        if (accounts === null) return false;
        this.accounts = accounts;
        break;
      }
      case "rows":
        // No number below 0, and none that a double does not hold.
        if (bytes[start] === 0x2d || end - start > 15) return false;
        if (shape.kind !== eventKinds.access) break;
        this.starts[peopleColumn] = start;
        this.ends[peopleColumn] = end;
        break;
      case null:
    }
    if (shape.untold === null) this.untold = this.#untoldOf(shape, bytes);
    return true;
  }

  #untoldOf({ untoldSigns, openSlots }: ShapeInUse, bytes: Uint8Array): string {
    const { kinds, starts, ends } = this.#scanner;
    const signs = [...untoldSigns];
    for (const slot of openSlots) {
      const text = textAt(bytes, starts[slot] ?? 0, ends[slot] ?? 0);
      // INVARIANT: a text without escapes stands in JSON as it is.
      signs[slot] = kinds[slot] === valueKinds.whole ? `n${text}` : `s"${text}"`;
    }
    return signs.join(",");
  }
}

interface ShapeInUse extends LineShape {
  readonly people: People | null;
  readonly peopleSlot: number;
  /** How the value at `peopleSlot` is read; null when it says nothing. */
  readonly reads: "account" | "list" | "rows" | null;
  readonly untoldSigns: readonly string[];
  /** The slots whose values stand in `untoldSigns`. */
  readonly openSlots: readonly number[];
}

function readingOf(people: People | null, kind: number): ShapeInUse["reads"] {
  if (kind === valueKinds.list) return "list";
  if (people?.kind === "account" && (kind === valueKinds.text || kind === valueKinds.whole)) return "account";
  return people?.kind === "rows" && kind === valueKinds.whole ? "rows" : null;
}

const accountColumn = spanColumns.indexOf("account");
const peopleColumn = spanColumns.indexOf("people");
const codedValuesMax = 4096;
/** More than a code can be: kinds and values of a coded slot, or the kinds of four slots. */
const codesMax = 8 + 2 * codedValuesMax;
/** INVARIANT: states times codes are below 2^31. */
const statesMax = 200_000;
/** States and codes below these are looked up in an array of a mebibyte. */
const earlyStates = 64;
const earlyCodes = 4096;
/** Years to 2199: microseconds that a double holds. */
const epochMsEnd = 7_258_118_400_000;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function textAt(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

function conditionsOf(source: Source): readonly Condition[] {
  return [...source.succeeded, ...[...source.operations.values()].flat().flatMap(({ when }) => when)];
}

function wholeAt(bytes: Uint8Array, from: number, to: number): number {
  let whole = 0;
  for (let at = from; at < to; at += 1) whole = whole * 10 + (bytes[at] ?? 0) - 0x30;
  return whole;
}

/** The shortest decimal text of a whole number of at most 18 digits. */
function isWholeText(bytes: Uint8Array, from: number, to: number): boolean {
  const digitsFrom = bytes[from] === 0x2d ? from + 1 : from;
  const digits = to - digitsFrom;
  if (digits < 1 || digits > 18) return false;
  if (bytes[digitsFrom] === 0x30 && to - from > 1) return false;
  for (let at = digitsFrom; at < to; at += 1)
    if ((bytes[at] ?? 0) < 0x30 || (bytes[at] ?? 0) > 0x39) return false;
  return true;
}

/** A list of distinct texts that are not empty; null for any other. */
function readTexts(json: string): readonly string[] | null {
  const items: unknown = JSON.parse(json);
  if (!Array.isArray(items)) return null;
  const texts = items.filter((item): item is string => typeof item === "string" && item !== "");
  return texts.length === items.length && new Set(texts).size === texts.length ? texts : null;
}
