import type { Step } from "../incident.ts";

/** A request to let an incident's personal data go, and who has agreed. */
export interface AskedShred extends Step {
  readonly because: string;
  /** What an approval names; no two askings have the same. */
  readonly digest: string;
  readonly approvals: readonly Step[];
  readonly declined: (Step & { readonly because: string }) | null;
}

/** How long an incident's personal data is kept, what forbids that it goes, and whether it has gone. */
export interface Retention {
  /** Whole days after the incident was closed; null: not decided, and nothing goes. */
  readonly set: (Step & { readonly days: number }) | null;
  /** A court's or authority's wish that nothing goes; null: none. */
  readonly hold: (Step & { readonly because: string }) | null;
  /** Null before, and once anything else was written in the incident since. */
  readonly asked: AskedShred | null;
  /** How often it was asked. */
  readonly askings: number;
  /** From then on it goes, and nothing more is taken; null while it is there. */
  readonly shredded: (Step & { readonly because: string; readonly approvedBy: readonly string[] }) | null;
  /** When nothing of it was left; null before. */
  readonly erasedAtMs: number | null;
  /** Each decision in its order, for the timeline. */
  readonly steps: readonly (Step & { readonly what: string })[];
}

export const newRetention: Retention = {
  set: null,
  hold: null,
  asked: null,
  askings: 0,
  shredded: null,
  erasedAtMs: null,
  steps: [],
};
