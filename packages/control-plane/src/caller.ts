/** Who calls, as the edge has made sure of it. */
export interface Caller {
  /** The operator's name; it goes on record. */
  readonly operator: string;
  /** Chosen by the caller; the same command with the same key acts once. */
  readonly idempotencyKey: string | null;
}
