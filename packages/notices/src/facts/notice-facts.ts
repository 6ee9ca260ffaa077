import type { DataClass } from "@cordon/model";
import type { Statement } from "../message/statement.ts";

/** How many people a claim speaks of. Nobody is told more than this says. */
export type PeopleFact = {
  readonly kind: "exactly" | "between";
  readonly atLeast: number;
  readonly atMost: number;
  /** Accounts that the evidence names one by one: only these can be written to as affected. */
  readonly named: number;
};

/** One claim: what an answer says, and nothing beside it. Instants are RFC 3339 with `Z`. */
export type ClaimFact = {
  readonly answerDigest: string;
  /** The time that was looked at: [from, to). */
  readonly window: { readonly from: string; readonly to: string };
  readonly people: PeopleFact;
  readonly dataClasses: {
    readonly accessed: readonly DataClass[];
    readonly notAccessed: readonly DataClass[];
    readonly unknown: readonly DataClass[];
  };
  /** First and last successful access that is sure; null where the answer gives none. */
  readonly firstAccess: string | null;
  readonly lastAccess: string | null;
  /** False when a log that watches the data has a gap in the window. */
  readonly coverageComplete: boolean;
  /** Accounts named, by effect. */
  readonly effects: { readonly read: number; readonly write: number; readonly delete: number };
  /** Keys of what no log can show and a named person accepted. */
  readonly assumptions: readonly string[];
};

/**
 * Whom a measure concerns: each reader, only the affected, or certain users whom a message to all cannot tell apart
 * (they will be asked by the app itself). A measure with conditions other than on the platform is for certain users.
 */
export type Concern = "everyone" | "affected" | "certain";

type MeasureBase = {
  /** The plan that it stands in: the decision that it is bound to. */
  readonly planId?: string;
  readonly concerns: Concern;
  /** Platforms that meet it; null for all. */
  readonly platforms: readonly string[] | null;
};

export type MeasureFact =
  | (MeasureBase & {
      readonly measure: "reauthenticate" | "change_password";
      readonly because: "precaution" | "exposure";
      /** Over how long it is spread; null when it is asked at once. */
      readonly spreadMs: number | null;
    })
  | (MeasureBase & {
      readonly measure: "upgrade";
      /** Versions below this one are concerned. */
      readonly below: string;
      /** From when the upgrade is required; null when it is only recommended. */
      readonly required: string | null;
      readonly stores: readonly {
        readonly store: string;
        /** Since when the store has the new version; null when it is not there yet. */
        readonly available: string | null;
        readonly link: string | null;
      }[];
    })
  | (MeasureBase & {
      readonly measure: "redownload";
      readonly from: string | null;
      readonly spreadMs: number | null;
    })
  | (MeasureBase & { readonly measure: "refuse_client"; readonly trusted: readonly string[] });

/** How the intruder came in, as somebody decided to say it. */
export const causes = [
  "stolen_credentials",
  "phishing",
  "vulnerability",
  "misconfiguration",
  "insider",
  "third_party",
  "under_investigation",
] as const;
export type Cause = (typeof causes)[number];

/** What the service has done beside what it asks of people. */
export const stepsDone = [
  "access_closed",
  "credentials_revoked",
  "systems_strengthened",
  "experts_engaged",
  "authority_informed",
  "police_informed",
  "more_will_follow",
] as const;
export type StepDone = (typeof stepsDone)[number];

/** Words that a named person answers for: on the standing claims, nobody else is at an increased risk. */
export type Judgement = {
  readonly kind: "no_increased_risk";
  readonly decisionId: string;
  readonly name: string;
};

/** What an earlier message of this incident said wrongly, as ids and as statements. */
export type CorrectionFact = {
  /** The edition that said it. */
  readonly edition: number;
  /** When the evidence came that it rests on: RFC 3339. */
  readonly since: string;
  readonly wrong: readonly Statement[];
};

/** Where a fact comes from: an answer by its digest, or a decision by what it is called on record. */
export type Basis =
  { readonly answers: readonly string[] } | { readonly decision: string } | { readonly nothing: true };

/**
 * All that may vary in a message. Text goes through `checkFacts` before it comes near a header or a body.
 * The control plane's fact sheet is turned into this; a sentence without a fact here does not exist.
 */
export type NoticeFacts = {
  /** What a reader quotes to the support desk. */
  readonly reference: string;
  readonly service: string;
  /** When the fact sheet was approved: `available` and `required` are compared with it. */
  readonly asOf: string;
  readonly discoveredAt: string | null;
  /** Null where nothing is said of it. */
  readonly cause: Cause | null;
  readonly done: readonly StepDone[];
  readonly judgements: readonly Judgement[];
  /** Null but for a correction. */
  readonly correction: CorrectionFact | null;
  /** At least one. */
  readonly claims: readonly ClaimFact[];
  readonly measures: readonly MeasureFact[];
  /** A page that tells how to get back in. Never a sign-in page. */
  readonly recoveryPage: string | null;
  readonly contact: { readonly email: string | null; readonly page: string | null };
  readonly publicPage: string | null;
  readonly nextUpdate: string | null;
  readonly signature: { readonly name: string; readonly role: string };
};

/** `affected`: the people whom the evidence names. `general`: everybody else. */
export const audiences = ["affected", "general"] as const;
export type Audience = (typeof audiences)[number];
