import type { AccountBounds, DataClasses } from "@cordon/scope";
import type { Measure } from "./measure.ts";

/** A claim as people are told it: what the answer says, and nothing beside it. */
export interface ClaimFacts {
  readonly claimId: string;
  readonly accounts: AccountBounds;
  /** How many accounts the evidence names one by one. */
  readonly named: number;
  readonly dataClasses: DataClasses;
  readonly answerDigest: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly firstAccess: string | null;
  readonly lastAccess: string | null;
  readonly coverageComplete: boolean;
  readonly effects: { readonly read: number; readonly write: number; readonly delete: number };
  readonly assumptions: readonly string[];
}

export interface DecisionFacts {
  readonly statement: string;
  readonly because: string;
  readonly name: string;
}

export interface MeasureFacts {
  readonly planId: string;
  readonly measure: Measure;
  /** Whether each reader meets it, only the people whom a claim names, or some whom a message to all can't tell apart. */
  readonly concerns: "everyone" | "affected" | "certain";
}

/** What somebody could take a notice to ask for, and what nobody needs to do. */
export const notNeededKinds = ["sign_in_again", "change_password", "upgrade", "download_again"] as const;
export type NotNeeded = (typeof notNeededKinds)[number];

/** What the service itself says of itself in a notice. Null where it says nothing. */
export interface Sender {
  readonly service: string;
  readonly signature: { readonly name: string; readonly role: string };
  readonly contact: { readonly email: string | null; readonly page: string | null };
  readonly discoveredAt: string | null;
  readonly recoveryPage: string | null;
  readonly publicPage: string | null;
  readonly nextUpdate: string | null;
}

/** All that is told, in every channel, from one source. */
export interface FactSheet {
  /** What a reader quotes to the support desk. */
  readonly reference: string;
  /** When it was drawn up. */
  readonly asOf: string;
  readonly claims: readonly ClaimFacts[];
  readonly decisions: readonly DecisionFacts[];
  readonly measures: readonly MeasureFacts[];
  readonly notNeeded: readonly NotNeeded[];
  readonly sender: Sender;
}

/** What nobody is asked to do, so that it is said as plainly as what is asked. */
export function notNeeded(measures: readonly MeasureFacts[]): NotNeeded[] {
  const asked = new Set(measures.map(({ measure }) => measure.measure));
  const pairs = [
    ["sign_in_again", "reauthenticate"],
    ["change_password", "change_password"],
    ["upgrade", "upgrade"],
    ["download_again", "redownload"],
  ] as const;
  return pairs.filter(([, measure]) => !asked.has(measure)).map(([kind]) => kind);
}
