import type { Condition, MappedOperation, Operation, Source } from "./data-map.ts";
import { eventKinds, type EventColumn } from "./event-columns.ts";
import { enginePattern } from "./engine-pattern.ts";
import type { FieldPath } from "./field-path.ts";
import { mappedPaths } from "./normalise.ts";

/** How DuckDB reads one source's records in bulk. */
export interface EngineReading {
  /**
   * A query over a relation of `line` and `record` (one record's JSON text): every event column, and `unread`: the record
   * where the columns are not surely what the row-wise normaliser makes of it, and NULL where they are. What is unread must
   * be read row by row. `also`: further columns of the relation to hand on, as SQL over it.
   */
  select(records: string, also?: readonly string[]): string;
}

/** More operations than this are read row by row. */
const operationsMax = 2000;

/** Null when a map is beyond what the engine surely reads as the row-wise normaliser does. */
export function compileEngineReading(source: Source): EngineReading | null {
  if (source.operations.size > operationsMax) return null;
  const compiler = new ReadingCompiler(source);
  const select = compiler.compile();
  return compiler.readable ? { select } : null;
}

/** `YYYY-MM-DDTHH:MM:SS` with up to six digits and `Z`, in its quotes. */
const plainTime = String.raw`"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z"`;
const plainItem = String.raw`(?:"[^"\\]*"|null|true|false|0|-?[1-9][0-9]{0,17})`;
/** A list of texts without escapes and of whole numbers. */
const plainList = String.raw`\[(?:${plainItem}(?:,${plainItem})*)?\]`;

interface Slot {
  readonly entry: number;
  readonly operation: Operation;
}

class ReadingCompiler {
  readable = true;
  readonly #source: Source;
  readonly #paths: string[] = [];
  readonly #checks: string[] = [];
  /** Every entry of every operation, numbered. */
  readonly #slots: Slot[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  compile(): EngineReading["select"] {
    const { fields, chainPath, format, succeeded } = this.#source;
    // Every mapped value but the id tells two events of one id apart; the row-wise reader hashes them in this order.
    for (const path of mappedPaths(this.#source)) this.#raw(path);
    const mappedCount = this.#paths.length;
    const field = (name: "actor" | "address" | "session" | "outcome"): string => {
      const path = fields.get(name);
      return path === undefined ? "NULL::VARCHAR" : scalarText(this.#raw(path));
    };
    const first = {
      time_us: format === "ocsf" ? this.#milliseconds() : this.#time(),
      operation: this.#idText("operation"),
      actor: field("actor"),
      address: field("address"),
      session: field("session"),
      outcome: field("outcome"),
      number: this.#number(),
      chain: chainPath === null ? "NULL::VARCHAR" : scalarText(this.#raw(chainPath)),
    };
    const slot = this.#slot();
    const holds = this.#all(succeeded);
    const meaning = this.#meaning();
    const id = this.#idText("id");
    const mapped = fields.has("id") ? `unhex(left(sha256(x[1:${mappedCount}]::VARCHAR), 32))` : "NULL::BLOB";
    const sure = [...recordChecks, ...this.#valueChecks(), ...this.#checks].join("\n    AND ");
    const paths = this.#paths.map(sqlText).join(", ");
    const columns: Readonly<Record<EventColumn, string>> = { ...first, ...meaning, id, mapped };
    const list = Object.entries(columns).map(
      ([name, sql]) => `${name === "operation" ? "operation" : `(${sql})`} AS ${name}`,
    );
    return (records, also = []) =>
      `SELECT ${["line", ...also, ...list].join(",\n  ")},
  CASE WHEN ${sure} THEN NULL ELSE record END AS unread
FROM (SELECT *, (${slot})::INTEGER AS slot, (${holds}) AS succeeded
FROM (SELECT *, (${first.operation}) AS operation
FROM (SELECT *, CASE WHEN json_valid(record) THEN json_extract(record, [${paths}]) END AS x FROM (${records}))))`;
  }

  /** The raw JSON text at the path; NULL where it leads nowhere. */
  #raw(path: FieldPath): string {
    // The engine's paths have no escapes, and a star is a pattern there.
    if (path.keys.some((key) => /["\\*\p{Cc}]/u.test(key))) this.readable = false;
    const text = `$${path.keys.map((key) => `."${key}"`).join("")}`;
    const known = this.#paths.indexOf(text);
    return `x[${known === -1 ? this.#paths.push(text) : known + 1}]`;
  }

  #required(sql: string): string {
    this.#checks.push(`(${sql}) IS NOT NULL`);
    return sql;
  }

  #idText(name: "id" | "operation"): string {
    const path = this.#source.fields.get(name);
    return path === undefined ? "NULL::VARCHAR" : this.#required(idText(this.#raw(path)));
  }

  #time(): string {
    const path = this.#source.fields.get("time");
    if (path === undefined) return "NULL::BIGINT";
    const raw = this.#raw(path);
    return this.#required(
      `epoch_us(TRY_CAST(CASE WHEN regexp_full_match(${raw}, ${sqlText(plainTime)}) THEN ${unquoted(raw)} END AS TIMESTAMP))`,
    );
  }

  #milliseconds(): string {
    const path = this.#source.fields.get("time");
    if (path === undefined) return "NULL::BIGINT";
    const raw = this.#raw(path);
    return this.#required(
      `CASE WHEN regexp_full_match(${raw}, '[1-9][0-9]{0,12}') THEN TRY_CAST(${raw} AS BIGINT) * 1000 END`,
    );
  }

  #number(): string {
    const path = this.#source.fields.get("sequence");
    if (path === undefined) return "NULL::BIGINT";
    const raw = this.#raw(path);
    const text = `CASE WHEN starts_with(${raw}, '"') THEN ${unquoted(raw)} ELSE ${raw}::VARCHAR END`;
    return this.#required(`CASE WHEN ${isWhole(`(${text})`)} THEN TRY_CAST((${text}) AS BIGINT) END`);
  }

  #all(conditions: readonly Condition[]): string {
    return conditions.length === 0
      ? "true"
      : conditions.map((condition) => this.#holds(condition)).join(" AND ");
  }

  #holds({ path, values }: Condition): string {
    const raw = this.#raw(path);
    const texts = [...values].flatMap((value) => (value === null ? [] : [sqlText(value)]));
    const among =
      texts.length === 0 ? "false" : `coalesce((${scalarText(raw)}) IN (${texts.join(", ")}), false)`;
    return `CASE WHEN ${raw} IS NULL OR ${raw} = 'null' THEN ${values.has(null)} ELSE ${among} END`;
  }

  /** The first entry of the record's operation that fits; NULL when there is none. */
  #slot(): string {
    const cases = [...this.#source.operations].map(([name, entries]) => {
      const fitting = entries.map((operation, entry) => {
        const slot = this.#slots.push({ entry, operation }) - 1;
        return `WHEN ${this.#all(operation.when)} THEN ${slot}`;
      });
      return `WHEN ${sqlText(name)} THEN CASE ${fitting.join(" ")} END`;
    });
    return cases.length === 0 ? "NULL" : `CASE operation ${cases.join("\n  ")} END`;
  }

  #meaning(): Pick<Record<EventColumn, string>, "kind" | "entry" | "account" | "more" | "people" | "opens"> {
    const kind = `CASE WHEN ${this.#isSlot(({ kind: found }) => found === "ignored")} THEN ${eventKinds.ignored}
    WHEN NOT succeeded THEN ${eventKinds.refused} WHEN slot IS NULL THEN ${eventKinds.unclassified} ELSE ${eventKinds.access} END::UTINYINT`;
    const isAccess = `succeeded AND ${this.#isSlot(({ kind: found }) => found === "mapped")}`;
    const groups = [...this.#byPeople().values()].map((group) => this.#peopleOf(group));
    const among = (part: "account" | "more" | "people" | "opens", otherwise: string): string => {
      const cases = groups.flatMap((group) =>
        group[part] === null ? [] : [`WHEN slot IN (${group.slots.join(", ")}) THEN ${group[part]}`],
      );
      return cases.length === 0 ? otherwise : `CASE ${cases.join(" ")} ELSE ${otherwise} END`;
    };
    const entries = this.#slots.map(({ entry }, slot) => `WHEN ${slot} THEN ${entry}`);
    return {
      kind,
      entry:
        entries.length === 0
          ? "NULL::INTEGER"
          : `CASE WHEN ${isAccess} THEN CASE slot ${entries.join(" ")} END END::INTEGER`,
      account: among("account", "NULL::VARCHAR"),
      more: among("more", "NULL::VARCHAR[]"),
      // A refused attempt reached nobody, whatever number it gives.
      people: `CASE WHEN ${isAccess} THEN ${among("people", "NULL::BIGINT")} END`,
      opens: `CASE WHEN ${isAccess} THEN ${among("opens", "false")} ELSE false END`,
    };
  }

  #isSlot(fits: (operation: Operation) => boolean): string {
    const slots = this.#slots.flatMap(({ operation }, slot) => (fits(operation) ? [slot] : []));
    return slots.length === 0 ? "false" : `coalesce(slot IN (${slots.join(", ")}), false)`;
  }

  #byPeople(): ReadonlyMap<string, { readonly people: MappedOperation["people"]; readonly slots: number[] }> {
    const groups = new Map<
      string,
      { readonly people: MappedOperation["people"]; readonly slots: number[] }
    >();
    for (const [slot, { operation }] of this.#slots.entries()) {
      if (operation.kind !== "mapped") continue;
      const { people } = operation;
      const key = JSON.stringify([
        people.kind,
        "path" in people ? people.path.keys : null,
        "pattern" in people ? people.pattern?.source : null,
      ]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { people, slots: [slot] });
      else group.slots.push(slot);
    }
    return groups;
  }

  #peopleOf({
    people,
    slots,
  }: {
    readonly people: MappedOperation["people"];
    readonly slots: readonly number[];
  }): {
    readonly slots: readonly number[];
    readonly account: string | null;
    readonly more: string | null;
    readonly people: string | null;
    readonly opens: string | null;
  } {
    const nothing = { slots, account: null, more: null, people: null };
    if (people.kind === "unknown") return { ...nothing, opens: "true" };
    const raw = this.#raw(people.path);
    if (people.kind === "rows") {
      const count = `CASE WHEN ${isWhole(raw)} AND TRY_CAST(${raw} AS BIGINT) BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER} THEN TRY_CAST(${raw} AS BIGINT) END`;
      return { ...nothing, people: count, opens: `(${count}) IS NULL` };
    }
    const pattern = people.pattern === null ? null : enginePattern(people.pattern);
    if (people.pattern !== null && pattern === null) this.readable = false;
    if (people.kind === "account") {
      const text = idText(raw);
      const account =
        pattern === null
          ? text
          : `nullif(regexp_extract(${text}, ${sqlText(pattern.text)}, ${pattern.group}), '')`;
      if (pattern !== null) this.#plainText(raw, slots);
      return { ...nothing, account, opens: `(${account}) IS NULL` };
    }
    // Lists with patterns, and lists over a list's usual size, are rare: the row-wise reader takes them.
    if (pattern !== null) this.readable = false;
    const items = `CASE WHEN starts_with(${raw}, '[') THEN from_json(${raw}, '["JSON"]') END`;
    const names = `list_filter(list_transform(${items}, item -> ${idText("item")}), name -> name IS NOT NULL)`;
    // INVARIANT: a repeat within a list makes the order of first ones matter, which the row-wise reader keeps.
    this.#checks.push(
      `coalesce(slot IN (${slots.join(", ")}) AND len(list_distinct(${names})) <> len(${names}), false) IS NOT TRUE`,
    );
    return {
      slots,
      account: `(${names})[1]`,
      more: `CASE WHEN len(${names}) > 1 THEN (${names})[2:] END`,
      people: null,
      opens: `${items} IS NULL OR len(${names}) < len(${items})`,
    };
  }

  /** What a pattern is tried on is plain ASCII: JavaScript and the engine then agree on every class of characters. */
  #plainText(raw: string, slots: readonly number[]): void {
    this.#checks.push(
      `(coalesce(slot IN (${slots.join(", ")}), false) IS NOT TRUE OR ${raw} IS NULL OR regexp_full_match(${raw}, '[\\x20-\\x7e]*'))`,
    );
  }

  /** Texts without escapes and whole numbers read alike in both; floats, objects and escapes are left to the row-wise reader. */
  #valueChecks(): string[] {
    const values = this.#paths.map((_, index) => {
      const raw = `x[${index + 1}]`;
      return `CASE WHEN ${raw} IS NULL OR starts_with(${raw}, '"') THEN true
      WHEN starts_with(${raw}, '[') THEN regexp_full_match(${raw}, ${sqlText(plainList)})
      WHEN starts_with(${raw}, '{') THEN false
      ELSE ${raw} IN ('null', 'true', 'false') OR coalesce(${isWhole(raw)}, false) END`;
    });
    return [
      "CASE WHEN contains(record, chr(92)) THEN NOT contains(x::VARCHAR, chr(92)) ELSE true END",
      ...values,
    ];
  }
}

/** A word of three letters in every mix of small and capital ones. */
function everyCase(word: string): string[] {
  return Array.from({ length: 8 }, (_, mask) =>
    Array.from(word, (letter, index) => ((mask >> index) & 1 ? letter.toUpperCase() : letter)).join(""),
  );
}

/** JSON that the engine takes and JavaScript does not: a comma before an end, NaN and infinities. */
const recordChecks = [
  "starts_with(record, '{')",
  "NOT contains(record, ',}') AND NOT contains(record, ',]')",
  `NOT CASE WHEN ${[
    "' }'",
    "' ]'",
    "chr(9) || '}'",
    "chr(9) || ']'",
    "chr(13) || '}'",
    "chr(13) || ']'",
    "chr(10) || '}'",
    "chr(10) || ']'",
  ]
    .map((text) => `contains(record, ${text})`)
    .join(" OR ")} THEN regexp_matches(record, ',\\s+[}\\]]') ELSE false END`,
  `NOT CASE WHEN ${["nan", "inf"]
    .flatMap(everyCase)
    .map((text) => `contains(record, '${text}')`)
    .join(" OR ")}
    THEN regexp_matches(record, '[:,\\[]\\s*-?(?i:nan|inf)') ELSE false END`,
];

/** The text of a raw JSON string without escapes. */
function unquoted(raw: string): string {
  return `${raw}[2:-2]`;
}

/** True for the shortest decimal text of a whole number of 64 bits. */
function isWhole(text: string): string {
  return `TRY_CAST(${text} AS BIGINT)::VARCHAR = ${text}`;
}

/** The text of a scalar; NULL for null, lists and objects. */
function scalarText(raw: string): string {
  return `CASE WHEN starts_with(${raw}, '"') THEN ${unquoted(raw)} WHEN ${raw} = 'null' OR starts_with(${raw}, '[') THEN NULL ELSE ${raw}::VARCHAR END`;
}

/** As scalarText, but only for what can be an id: non-empty text or a number. */
function idText(raw: string): string {
  return `CASE WHEN starts_with(${raw}, '"') THEN nullif(${unquoted(raw)}, '') WHEN ${raw} IN ('null', 'true', 'false') OR starts_with(${raw}, '[') THEN NULL ELSE ${raw}::VARCHAR END`;
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
