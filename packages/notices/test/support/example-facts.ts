import type { ClaimFact, NoticeFacts } from "../../src/index.ts";

export const exactlyOne: ClaimFact = {
  answerDigest: "sha256:00",
  window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
  people: { kind: "exactly", atLeast: 1, atMost: 1, named: 1 },
  dataClasses: {
    accessed: ["user.contact.email", "user.name"],
    notAccessed: ["user.payment", "user.authorization.password"],
    unknown: [],
  },
  firstAccess: "2014-05-21T10:00:00Z",
  lastAccess: "2014-05-21T10:05:00Z",
  coverageComplete: true,
  effects: { read: 1, write: 0, delete: 0 },
  assumptions: ["doors-complete", "suspects-complete", "logs-not-writable-by-suspects"],
};

/** The reference incident: certain users sign in again, Android by store, one person affected. */
export const reference: NoticeFacts = {
  reference: "CRD-2014-1",
  service: "Overture",
  asOf: "2014-05-27T12:00:00Z",
  discoveredAt: "2014-05-26T08:00:00Z",
  cause: null,
  done: [],
  judgements: [],
  correction: null,
  claims: [exactlyOne],
  measures: [
    { measure: "reauthenticate", concerns: "affected", platforms: null, because: "exposure", spreadMs: null },
    {
      measure: "reauthenticate",
      concerns: "certain",
      platforms: null,
      because: "precaution",
      spreadMs: 72 * 3_600_000,
    },
    {
      measure: "upgrade",
      concerns: "everyone",
      platforms: ["android"],
      below: "1.1.0",
      required: "2014-06-03T00:00:00Z",
      stores: [
        { store: "google-play", available: "2014-05-27T10:00:00Z", link: "https://play.example/overture" },
        { store: "amazon-appstore", available: null, link: "https://amazon.example/overture" },
        { store: "website", available: "2014-05-28T10:00:00Z", link: "https://overture.example/android" },
      ],
    },
    { measure: "redownload", concerns: "everyone", platforms: ["android"], from: "1.1.0", spreadMs: null },
    {
      measure: "refuse_client",
      concerns: "everyone",
      platforms: ["android"],
      trusted: ["google-play", "amazon-appstore", "website"],
    },
  ],
  recoveryPage: "https://overture.example/help",
  contact: { email: "help@overture.example", page: null },
  publicPage: "https://overture.example/incident",
  nextUpdate: "2014-05-30T12:00:00Z",
  signature: { name: "Åsa Lindqvist", role: "CTO" },
};
