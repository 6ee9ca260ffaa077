import { appStores, platforms } from "@cordon/model";

/** Longest account id, in bytes of UTF-8. */
const accountIdBytesMax = 1024;
/** Longest other text of a record, in bytes of UTF-8. */
const textBytesMax = 4096;
/** Ordinals are positions in bitmaps: 32 bits without a sign. */
export const accountsMax = 2 ** 32 - 1;

export type ColumnKind = "text" | "instant" | "flag" | "ordinal";

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** What the message asks for when a value is wrong. */
  readonly expected: string;
  /** A value must be there. */
  readonly filled?: true;
  /** SQL, true for a value that is there and right; besides what the kind asks for. */
  readonly holds?: string;
}

export interface TableFormat {
  readonly what: "accounts" | "installations";
  readonly columns: readonly Column[];
}

/** ISO 3166-1 or -2, as SQL and JavaScript both read it. */
export const marketPattern = "[A-Z]{2,3}(-[A-Z0-9]{1,3})?";

const instant = "an RFC 3339 time with `Z` or an offset";

function oneOf(name: string, values: readonly string[]): Column {
  return {
    name,
    kind: "text",
    filled: true,
    expected: `one of ${values.join(", ")}`,
    holds: `${name} IN (${values.map((value) => `'${value}'`).join(", ")})`,
  };
}

const accountId: Column = {
  name: "account_id",
  kind: "text",
  filled: true,
  expected: `an id, text of 1–${accountIdBytesMax} bytes`,
  holds: `strlen(account_id) BETWEEN 1 AND ${accountIdBytesMax}`,
};
const ordinal: Column = { name: "ordinal", kind: "ordinal", filled: true, expected: "a whole number from 0" };

/** Contracts 3, and what Cordon's own files have besides: `ordinal` and `left_at`. */
export const accountsFormat: TableFormat = {
  what: "accounts",
  columns: [
    accountId,
    { name: "created_at", kind: "instant", expected: instant },
    {
      name: "market",
      kind: "text",
      expected: "an ISO 3166 code in capitals",
      holds: `regexp_full_match(market, '${marketPattern}')`,
    },
    {
      name: "locale",
      kind: "text",
      expected: "a BCP 47 tag",
      holds: "strlen(locale) <= 255 AND regexp_full_match(locale, '[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*')",
    },
    {
      name: "email",
      kind: "text",
      expected: `an address of at most ${textBytesMax} bytes`,
      holds: `strlen(email) <= ${textBytesMax}`,
    },
    { name: "password_set_at", kind: "instant", expected: instant },
    { name: "left_at", kind: "instant", expected: instant },
    ordinal,
  ],
};

/** What an import asks for. */
export const accountsRequired = ["account_id", "created_at", "market", "locale"];
export const installationsRequired = [
  "account_id",
  "platform",
  "store",
  "version",
  "last_seen",
  "has_offline",
];

export const installationsFormat: TableFormat = {
  what: "installations",
  columns: [
    accountId,
    oneOf("platform", platforms),
    oneOf("store", appStores),
    {
      name: "version",
      kind: "text",
      expected: `text of at most ${textBytesMax} bytes`,
      holds: `strlen(version) <= ${textBytesMax}`,
    },
    { name: "last_seen", kind: "instant", expected: instant },
    { name: "has_offline", kind: "flag", filled: true, expected: "true or false" },
    ordinal,
  ],
};
