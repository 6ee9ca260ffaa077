/** One person who opens the player in a browser. */
export interface BrowserPerson {
  readonly email: string;
  readonly password: string;
  /** Whether the response asks this person to sign in again; the others must meet nothing. */
  readonly asked: boolean;
}

/** What `browsers-process.ts` is told on its command line, as JSON. */
export interface BrowsersConfig {
  readonly playerUrl: string;
  readonly people: readonly BrowserPerson[];
}

/** `return`: everybody comes back to the player, whose page they had left open. */
export interface BrowsersRequest {
  readonly kind: "return";
}

/** What was seen on the pages. */
export interface BrowserFigures {
  readonly opened: number;
  readonly signedInAgain: number;
  readonly undisturbed: number;
  /** What somebody met instead, in words. */
  readonly faults: readonly string[];
}

export type BrowsersMessage = { readonly kind: "open" } | ({ readonly kind: "returned" } & BrowserFigures);
