import type { DataClass } from "@cordon/model";
import type { PeopleFact } from "../facts/notice-facts.ts";

/**
 * The words of one language. Which of them are said, and to whom, is decided by the compose functions: a phrase states
 * its arguments and nothing else. Instants are RFC 3339.
 */
export type Phrases = {
  /** BCP 47. */
  readonly locale: string;
  readonly subjectAffected: (service: string, reference: string) => string;
  readonly subjectGeneral: (service: string, reference: string) => string;
  readonly greeting: string;
  readonly headings: {
    readonly happened: string;
    readonly yourData: string;
    readonly data: string;
    readonly doing: string;
    readonly need: string;
    readonly needNot: string;
    readonly backIn: string;
    readonly more: string;
  };
  readonly discovered: (service: string, at: string | null) => string;
  /** To the one person: theirs is the account. */
  readonly yourAccountAccessed: string;
  /** To one of several, or of an open number. */
  readonly yourAccountAmongAccessed: string;
  readonly looked: (from: string, to: string) => string;
  readonly people: (people: PeopleFact) => string;
  /** Why there is no exact number. */
  readonly rangeBecauseOfGap: string;
  readonly rangeBecauseOfCounts: string;
  readonly readerMayBeConcerned: string;
  readonly readerNotConcerned: string;
  readonly contactingIndividually: (people: number) => string;
  readonly accessTimes: (first: string, last: string) => string;
  readonly accessed: (list: string) => string;
  /** For one of several people: the list is of the incident, not of the account. */
  readonly accessedByAll: (list: string) => string;
  readonly yourAccessed: (list: string) => string;
  readonly accessedNothing: string;
  readonly notAccessed: (list: string) => string;
  readonly unknownClasses: (list: string) => string;
  readonly changedYours: string;
  readonly changedSome: string;
  readonly deletedYours: string;
  readonly deletedSome: string;
  readonly coverageComplete: string;
  readonly assumptions: (list: string) => string;
  readonly signInAll: (spreadMs: number | null) => string;
  readonly signInCertain: (spreadMs: number | null, because: "precaution" | "exposure") => string;
  readonly signInWherever: (platforms: string | null) => string;
  readonly newPasswordAll: (spreadMs: number | null) => string;
  readonly newPasswordCertain: (spreadMs: number | null) => string;
  readonly upgrade: (platforms: string | null, below: string, concerns: "all" | "certain") => string;
  readonly upgradeRequired: (at: string) => string;
  readonly upgradeFromStore: (store: string, link: string | null) => string;
  readonly upgradeFromStoreLater: (store: string, at: string | null) => string;
  readonly redownload: (platforms: string | null, concerns: "all" | "certain") => string;
  readonly sorry: string;
  readonly trustedPlaces: (platforms: string | null, stores: string) => string;
  readonly beCareful: string;
  readonly watchPayments: string;
  readonly nothingNeeded: string;
  readonly noNewPassword: string;
  readonly noUpdate: string;
  readonly noUpdateOn: (platforms: string) => string;
  readonly stillSignIn: string;
  readonly noSignInLink: string;
  readonly recovery: (page: string) => string;
  readonly contact: (service: string, email: string | null, page: string | null) => string;
  readonly quoteReference: (reference: string) => string;
  readonly publicPage: (page: string) => string;
  readonly nextUpdate: (at: string) => string;
  readonly closing: string;
  readonly dataClass: (name: DataClass) => string;
  readonly platform: (name: string) => string;
  readonly store: (name: string, service: string) => string;
  readonly assumption: (key: string) => string;
  /** "a, b and c"; empty for an empty list. */
  readonly list: (items: readonly string[]) => string;
};
