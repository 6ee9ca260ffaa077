import type { Client, QueryConfig } from "pg";
import { LakeError } from "../../errors.ts";
import type { Column, ColumnKind, TableFormat } from "../table-format.ts";
import { excerpt } from "../wrong-input.ts";
import { fromClause, quoted } from "./postgres-source.ts";
import type { PostgresRelation } from "./postgres-source.ts";

/** What a copied column's text is made into. */
export type CopiedType = "text" | "timestamp" | "timestamptz" | "boolean";

export interface CopyQuery {
  /** `COPY (…) TO STDOUT`, in PostgreSQL's text format. */
  readonly sql: string;
  /** In the order in which they are copied. */
  readonly columns: readonly { readonly column: Column; readonly type: CopiedType }[];
}

interface Described {
  readonly name: string;
  readonly typeName: string;
  readonly category: string;
}

/**
 * Looks at what a relation answers with and writes the statement that copies it. Throws LakeError ERR_LAKE_INPUT for a
 * column that is unknown (of a query), missing, there twice, or of another type than it needs.
 */
export async function copyQuery(
  client: Client,
  relation: PostgresRelation,
  format: TableFormat,
  required: readonly string[],
): Promise<CopyQuery> {
  const from = fromClause(relation);
  const label = `PostgreSQL, ${format.what}`;
  const known = format.columns.map(({ name }) => name).join(", ");
  const columns: { column: Column; type: CopiedType; sql: string }[] = [];
  const described = await describe(client, from);
  for (const { name, typeName, category } of described) {
    const column = format.columns.find((each) => each.name === name);
    if (column === undefined) {
      if ("table" in relation) continue;
      throw wrong(`${label}: unknown column ${excerpt(name)}, expected one of ${known}`);
    }
    if (columns.some((each) => each.column === column))
      throw wrong(`${label}: column \`${name}\` twice, expected each column once`);
    const type = copiedType(column.kind, typeName, category);
    if (type === null)
      throw wrong(`${label}: column \`${name}\` of type ${typeName}, expected ${expectedTypes[column.kind]}`);
    // A `char(n)` is padded with blanks that are no part of it; as text it is not.
    const cast = typeName === "bpchar" ? "::text" : "";
    columns.push({ column, type, sql: `given.${quoted(name)}${cast}` });
  }
  for (const name of required) {
    if (!columns.some(({ column }) => column.name === name))
      throw wrong(`${label}: no column \`${name}\`, expected at least ${required.join(", ")}`);
  }
  const list = columns.map(({ sql }) => sql).join(", ");
  return { sql: `COPY (SELECT ${list} FROM ${from}) TO STDOUT (FORMAT text, ENCODING 'UTF8')`, columns };
}

const expectedTypes: Readonly<Record<ColumnKind, string>> = {
  text: "text, an enumeration, uuid or a whole number",
  instant: "timestamptz, timestamp (taken for UTC) or text",
  flag: "boolean",
  ordinal: "a whole number",
};

function copiedType(kind: ColumnKind, typeName: string, category: string): CopiedType | null {
  const isWhole = ["int2", "int4", "int8"].includes(typeName);
  const isText = category === "S" || category === "E";
  switch (kind) {
    case "text":
      return isText || isWhole || typeName === "uuid" ? "text" : null;
    case "instant":
      if (typeName === "timestamptz" || typeName === "timestamp") return typeName;
      return isText ? "text" : null;
    case "flag":
      return typeName === "bool" ? "boolean" : null;
    case "ordinal":
      return isWhole ? "text" : null;
  }
}

/**
 * The columns by name and type. The extended protocol takes one statement only, so that no query can bring a second one
 * along; the same text is copied afterwards.
 */
async function describe(client: Client, from: string): Promise<readonly Described[]> {
  const looking: QueryConfig & { readonly queryMode: "extended" } = {
    text: `SELECT * FROM ${from} LIMIT 0`,
    queryMode: "extended",
  };
  const { fields } = await client.query(looking);
  const types = await client.query<{ oid: string; name: string; category: string }>(
    "SELECT oid::text AS oid, typname AS name, typcategory AS category FROM pg_type WHERE oid = ANY($1::oid[])",
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const byOid = new Map(types.rows.map((type) => [Number(type.oid), type]));
  return fields.map(({ name, dataTypeID }) => {
    const type = byOid.get(dataTypeID);
    return { name, typeName: type?.name ?? "unknown", category: type?.category ?? "" };
  });
}

function wrong(message: string): LakeError {
  return new LakeError("ERR_LAKE_INPUT", message);
}
