/** The fact that a sentence says, or `fixed` for one that is true whatever the facts (a greeting, a heading). */
export type FactKey =
  | "fixed"
  | "service"
  | "reference"
  | "discoveredAt"
  | "people"
  | "window"
  | "accessed"
  | "notAccessed"
  | "unknown"
  | "access-times"
  | "effects"
  | "coverage"
  | "assumptions"
  | "reauthenticate"
  | "change_password"
  | "upgrade"
  | "redownload"
  | "refuse_client"
  | "no-measure"
  | "recoveryPage"
  | "contact"
  | "publicPage"
  | "nextUpdate"
  | "signature";

/** INVARIANT: every sentence of a message names the one fact it is derived from. */
export type Sentence = { readonly fact: FactKey; readonly text: string };

export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly sentences: readonly Sentence[] }
  | { readonly kind: "list"; readonly items: readonly Sentence[] };

export type ComposedNotice = {
  /** BCP 47 tag of the language it is written in. */
  readonly locale: string;
  readonly subject: string;
  readonly blocks: readonly Block[];
};
