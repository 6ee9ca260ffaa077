import type { MailSummary } from "./mail-record.ts";

/** To the mail sink's process. */
export type SinkRequest =
  /** Forget everything: what came so far belongs to an earlier drill. */
  | { readonly kind: "reset" }
  /** What came; `people` (by index) are those for whom the first message is wanted. */
  | { readonly kind: "summarize"; readonly people: readonly number[] };

/** What one person received first. */
export interface FirstMessage {
  /** Its number among all messages, from 1; null when none came. */
  readonly number: number | null;
  /** The key of its text. */
  readonly text: string | null;
}

/** From the mail sink's process: it listens; how many mails came (a few times a second); an answer. */
export type SinkMessage =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "progress"; readonly messages: number }
  | {
      readonly kind: "summary";
      readonly summary: MailSummary;
      readonly first: readonly FirstMessage[];
    };
