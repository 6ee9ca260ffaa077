/**
 * What an event has at rest. `account` is the first account it named and `more` the others, NULL when there are none;
 * `mapped` tells the events of one id apart: the first 16 bytes of the SHA-256 of its mapped values, NULL without an id.
 */
export const eventColumns = [
  "time_us",
  "id",
  "actor",
  "address",
  "session",
  "operation",
  "outcome",
  "number",
  "chain",
  "kind",
  "entry",
  "account",
  "more",
  "people",
  "opens",
  "mapped",
] as const;
export type EventColumn = (typeof eventColumns)[number];

/** What an event means for people's data, as a number at rest (`kind`). */
export const eventKinds = { ignored: 0, refused: 1, unclassified: 2, access: 3 } as const;
