import type { Statement } from "./statement.ts";

/** The fact that a sentence says, or `fixed` for one that is true whatever the facts (a greeting, a heading). */
export type FactKey =
  | "fixed"
  | "service"
  | "reference"
  | "discoveredAt"
  | "cause"
  | "people"
  | "window"
  | "accessed"
  | "notAccessed"
  | "unknown"
  | "access-times"
  | "effects"
  | "coverage"
  | "assumptions"
  | "no-increased-risk"
  | "done"
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
  | "signature"
  | "correction";

/** INVARIANT: every sentence of a message names the one fact it is derived from. */
export type Sentence = { readonly fact: FactKey; readonly text: string };

type BlockOf<Said> =
  | { readonly kind: "heading"; readonly text: Said }
  | { readonly kind: "paragraph"; readonly sentences: readonly Said[] }
  | { readonly kind: "list"; readonly items: readonly Said[] };

/** A message in no language: who is told which statements, in which order. */
export type CompositionBlock = BlockOf<Statement>;
export type Composition = { readonly subject: Statement; readonly blocks: readonly CompositionBlock[] };

/** The same in one language. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly sentences: readonly Sentence[] }
  | { readonly kind: "list"; readonly items: readonly Sentence[] };

export type ComposedNotice = {
  /** BCP 47 tag of the language it is written in. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  readonly subject: string;
  readonly blocks: readonly Block[];
  /** Ids of what it states, the same in every language, without greetings and headings. */
  readonly statements: readonly string[];
};
