/** GET /api/help: for everybody, also without a session. */
export interface HelpAnswer {
  /** Pages of the server itself: they need no script and work when the player does not. */
  readonly forgottenUrl: string;
  readonly recoveryUrl: string;
  /** The service's public page about an incident; null: none is configured. */
  readonly advisoryUrl: string | null;
  /** Where genuine apps come from. */
  readonly builds: readonly OfficialBuild[];
}

export interface OfficialBuild {
  readonly platform: string;
  readonly store: string;
  readonly storeName: string;
  readonly link: string;
}

/** GET /api/affected: for the account that asks alone, and only in a session that the gate lets in. */
export interface AffectedAnswer {
  /** Version of the policy that was asked; null: none is known, so nothing can be said. */
  readonly policyVersion: number | null;
  /** What this session is asked to do now. */
  readonly asked: readonly { readonly measure: string; readonly required: boolean }[];
  /**
   * `asked`: something is asked of a session that has done nothing yet; `would-be-asked`: this account is among those whom
   * a measure concerns, and has done what was asked; `not-asked`: no measure concerns it.
   */
  readonly concerned: "asked" | "would-be-asked" | "not-asked" | "unknown";
  /** The measures that concern this account, done or not. */
  readonly measures: readonly string[];
  /** What was told to this account, newest first; empty when nothing was. */
  readonly notices: readonly ToldNotice[];
  readonly advisoryUrl: string | null;
}

/** A notice in the account's own words; text, never markup. */
export interface ToldNotice {
  readonly at: string;
  readonly subject: string;
  readonly text: string;
}
