/** Somebody who is asked to sign in again. */
export interface Listener {
  readonly index: number;
  readonly email: string;
  readonly password: string;
  /** The address they can still be reached at when the account's is dead. */
  readonly contact: string;
  /** A recovery code they kept; null: none. */
  readonly code: string | null;
}

export type SignInReply =
  | { readonly kind: "in" }
  | { readonly kind: "wrong" }
  | { readonly kind: "blocked"; readonly waitMs: number };

/**
 * Overture's doors as a listener meets them. Concurrency: any number of calls. Each throws when the service does not answer as
 * a service should; a refusal is an answer.
 */
export interface Doors {
  /** Whether music is refused until they sign in again. */
  isAsked(listener: Listener): Promise<boolean>;
  signIn(listener: Listener, password: string): Promise<SignInReply>;
  forgotten(listener: Listener): Promise<void>;
  /** False: the link has expired. */
  reset(token: string, newPassword: string): Promise<boolean>;
  recover(listener: Listener, code: string, newPassword: string): Promise<SignInReply["kind"]>;
  openCase(listener: Listener): Promise<void>;
  /** Whether music plays now. */
  plays(listener: Listener): Promise<boolean>;
}

/** What the world outside of the service does. */
export interface World {
  /** The token of the newest link that was mailed to this address; null: none came. */
  link(address: string): string | null;
  wait(ms: number): Promise<void>;
}
