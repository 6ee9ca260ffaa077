import type { SourceText } from "@cordon/model";

import {
  fieldNames,
  formats,
  watchedStores,
  type DataMap,
  type DataStore,
  type FieldName,
  type Source,
} from "./data-map.ts";
import { DocumentReader } from "./document-reader.ts";
import { parseFieldPath, type FieldPath } from "./field-path.ts";
import { parseConditions } from "./parse-conditions.ts";
import { parseCoverage } from "./parse-coverage.ts";
import { parseOperations } from "./parse-operations.ts";

const deliveries = ["at-least-once", "at-most-once", "exactly-once"] as const;

/**
 * Reads a data map (contracts 1) from plain JSON values. Throws an InputError with the key path for unknown keys and
 * everything else that the format does not have.
 */
export function parseDataMap(value: unknown, sourceAt: SourceText = () => null): DataMap {
  const map = new DocumentReader(value, [], sourceAt).mapping(["version", "stores", "sources"]);
  const version = map.required("version");
  if (version.value !== 1) throw version.wrong(`version ${version.shown} is not known`, "1");
  const stores = map.required("stores").entries().map(parseStore);
  const storeNames = new Set(stores.map((store) => store.name));
  const sources = map
    .required("sources")
    .entries()
    .map(([name, source]) => parseSource(name, source, storeNames));
  return { version: 1, stores, sources };
}

function parseStore([name, store]: readonly [string, DocumentReader]): DataStore {
  store.mapping(["classes", "accounts"]);
  if (name === "") throw store.wrong("a store has no name", "a name");
  const accounts = store.required("accounts");
  const count = accounts.value;
  if (count !== "all" && !(typeof count === "number" && Number.isSafeInteger(count) && count >= 0)) {
    throw accounts.wrong(`${accounts.shown} is no number of accounts`, "`all` or a whole number from 0");
  }
  return { name, classes: store.required("classes").classes(), accounts: count };
}

function parseSource(name: string, source: DocumentReader, stores: ReadonlySet<string>): Source {
  source.mapping(["format", "store", "fields", "succeeded", "operations", "coverage", "delivery"]);
  // The name is a folder's: DIR/<source>/.
  if (!/^[^/\\\0]+$/.test(name) || name === "." || name === "..") {
    throw source.wrong(`\`${name}\` cannot name a source`, "a name that can be a folder's");
  }
  const format = source.required("format").oneOf(formats);
  const store = source.has("store") ? parseStoreName(source.at("store"), stores) : null;
  const fields = parseFields(source.required("fields"));
  if (source.has("delivery")) source.at("delivery").oneOf(deliveries);
  const parsed: Source = {
    name,
    format,
    store,
    fields,
    succeeded: source.has("succeeded") ? parseConditions(source.at("succeeded")) : [],
    operations: source.has("operations")
      ? parseOperations(source.at("operations"), { store, parseStore: (at) => parseStoreName(at, stores) })
      : new Map(),
    ...parseCoverage(source, { sequence: fields.has("sequence") }),
  };
  if (watchedStores(parsed).size === 0) {
    throw source.wrong(`source \`${name}\` watches no store`, "a `store`, or operations with a `store`");
  }
  return parsed;
}

function parseStoreName(at: DocumentReader, stores: ReadonlySet<string>): string {
  const name = at.name("the name of a store");
  if (!stores.has(name))
    throw at.wrong(
      `store \`${name}\` is not among the stores`,
      [...stores].map((known) => `\`${known}\``).join(", "),
    );
  return name;
}

function parseFields(fields: DocumentReader): ReadonlyMap<FieldName, FieldPath> {
  fields.mapping(fieldNames);
  fields.required("time");
  fields.required("operation");
  const parsed = new Map<FieldName, FieldPath>();
  for (const name of fieldNames) {
    if (fields.has(name)) parsed.set(name, parseFieldPath(fields.at(name).value, fields.at(name).path));
  }
  return parsed;
}
