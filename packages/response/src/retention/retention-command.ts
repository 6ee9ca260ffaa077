interface SetRetention {
  readonly kind: "set-retention";
  /** Whole days after the incident was closed. */
  readonly days: number;
  readonly because: string;
}

interface ChangeHold {
  readonly kind: "set-legal-hold" | "lift-legal-hold";
  readonly because: string;
}

interface AskShred {
  readonly kind: "ask-shred";
  readonly because: string;
}

interface ApproveShred {
  readonly kind: "approve-shred";
  readonly digest: string;
}

interface DeclineShred {
  readonly kind: "decline-shred";
  readonly digest: string;
  readonly because: string;
}

/** The worker's: nothing is left. */
interface CompleteShred {
  readonly kind: "complete-shred";
  /** How many events were erased. */
  readonly events: number;
}

export type RetentionCommand =
  SetRetention | ChangeHold | AskShred | ApproveShred | DeclineShred | CompleteShred;
