import { createHash } from "node:crypto";
import { canonicalJson, type DataClass } from "@cordon/model";
import type { messageArguments, MessageKey } from "../locales/messages.ts";
import type { FactKey } from "./composed-notice.ts";

/** What may vary in a message, by kind: how it is written is decided by the language, never by a template. */
export type Argument =
  | { readonly text: string }
  /** Text of the language itself: stands as it is. */
  | { readonly word: string }
  | { readonly link: string }
  | { readonly count: number }
  | { readonly at: string }
  | { readonly spreadMs: number }
  | { readonly classes: readonly DataClass[] }
  | { readonly platforms: readonly string[] }
  | { readonly stores: readonly string[]; readonly service: string }
  | { readonly store: string; readonly service: string }
  | { readonly assumptions: readonly string[] }
  | { readonly sentence: Statement };

type ArgumentsOf<Key extends MessageKey> = Readonly<Record<(typeof messageArguments)[Key][number], Argument>>;

/** A sentence in no language: which message, of which fact, with which values. */
export type Statement = {
  readonly fact: FactKey;
  readonly key: MessageKey;
  readonly args: Readonly<Record<string, Argument>>;
};

/** INVARIANT: every statement has exactly the arguments of its message. */
export function say<Key extends MessageKey>(fact: FactKey, key: Key, args: ArgumentsOf<Key>): Statement {
  return { fact, key, args };
}

/** The same for the same sentence in whatever language, another for every other: what a correction goes by. */
export function statementId({ key, args }: Statement): string {
  if (Object.keys(args).length === 0) return key;
  const plain: unknown = JSON.parse(JSON.stringify(args));
  return `${key}:${createHash("sha256").update(canonicalJson(plain)).digest("hex").slice(0, 16)}`;
}

/** Of a whole message: two messages with the same digest make the same statements, whatever their language. */
export function statementsDigest(ids: readonly string[]): string {
  return `sha256:${createHash("sha256").update(ids.toSorted().join("\n")).digest("hex")}`;
}
