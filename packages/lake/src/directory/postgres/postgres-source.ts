import { LakeError } from "../../errors.ts";

/** A table or view (`name` or `schema.name`, as they stand), or one SELECT. */
export type PostgresRelation = { readonly table: string } | { readonly query: string };

/** Where a PostgreSQL keeps the accounts and their installations. */
export interface PostgresSource {
  /** `postgres://user:password@host/database`; it is a secret, and in no message. */
  readonly url: string;
  /** Of a table only section 3's columns are read; a query answers with no others. */
  readonly accounts: PostgresRelation;
  /** Null: the installations of the last import stay. */
  readonly installations: PostgresRelation | null;
}

/** Throws LakeError ERR_LAKE_ADDRESS for what is no PostgreSQL's URL. */
export function requirePostgresUrl(url: string): void {
  const isUrl = URL.canParse(url) && ["postgres:", "postgresql:"].includes(new URL(url).protocol);
  if (isUrl) return;
  throw new LakeError(
    "ERR_LAKE_ADDRESS",
    "the directory's database URL cannot be read, expected postgres://user@host/database",
  );
}

/** SQL for a relation in a FROM clause, as `given`. */
export function fromClause(relation: PostgresRelation): string {
  if ("query" in relation) return `(${relation.query.replace(/;\s*$/, "")}\n) AS given`;
  return `${relation.table.split(".").map(quoted).join(".")} AS given`;
}

/** An identifier as it stands. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
