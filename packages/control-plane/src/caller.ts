import { systemOperator, type Role } from "@cordon/response";

/** Who calls, as the edge has made sure of it. */
export interface Caller {
  /** The operator's name; it goes on record. */
  readonly operator: string;
  /** The operator's roles, less those that the token leaves out. Roles granted in an incident are not among them. */
  readonly roles: readonly Role[];
  /** The roles that the token is limited to, also of those granted in an incident; left out: it is not limited. */
  readonly scope?: readonly Role[];
  /** Chosen by the caller; the same command with the same key acts once. */
  readonly idempotencyKey: string | null;
}

/** Whoever keeps the operators: their names and what each may act as, as of now. */
export interface Operators {
  roles(): Promise<ReadonlyMap<string, readonly Role[]>>;
}

/** Under whose name workers command. */
export const worker: Caller = { operator: systemOperator, roles: [], idempotencyKey: null };
