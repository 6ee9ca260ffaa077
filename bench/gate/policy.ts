/** The ten rules: platform, store and installer, version, sign-in, offline epoch, and three cohorts of 40 million accounts. */
export const cohortMembers = { one: 1, exposed: 2_000_000, touched: 4_000_000 } as const;
export type CohortName = keyof typeof cohortMembers;

export const accounts = 40_000_000;
export const nowMs = Date.UTC(2014, 5, 20);

export const trustedStores = ["google-play", "amazon-appstore", "website"] as const;
export const stolenKey = "k-2014-04";
export const everyoneCutoff = "2014-01-01T00:00:00Z";
export const cohortCutoffs = {
  one: "2014-05-27T12:00:00Z",
  exposed: "2014-05-27T12:00:00Z",
  touched: "2014-05-26T12:00:00Z",
} as const;
export const androidBelow = "1.1.0";
export const iosBelow = "2.0.0";
export const epoch = 2;

const required = "2014-06-03T00:00:00Z";
const release = { available: "2014-05-27T10:00:00Z", link: "https://store.example/overture" };

export const policy = {
  version: 7,
  rules: [
    { id: "stores", measure: "refuse_client", where: { platform: "android" }, trusted: trustedStores },
    { id: "desktop", measure: "refuse_client", where: { platform: "desktop" }, trusted: ["website"] },
    { id: "key", measure: "reauthenticate", keys: [stolenKey] },
    { id: "everyone", measure: "reauthenticate", cutoff: everyoneCutoff },
    ...(["one", "exposed", "touched"] as const).map((cohort) => ({
      id: cohort,
      measure: "reauthenticate",
      cohort,
      cutoff: cohortCutoffs[cohort],
    })),
    {
      id: "android",
      measure: "upgrade",
      where: { platform: "android" },
      below: androidBelow,
      required,
      stores: { "google-play": release, "amazon-appstore": release },
    },
    { id: "ios", measure: "upgrade", where: { platform: "ios" }, below: iosBelow },
    { id: "offline", measure: "redownload", where: { platform: "android" }, epoch },
  ],
};

/** What a contender answers: the first directive's measure, in the order in which directives stand. */
export const outcomes = { allow: 0, refuse_client: 1, reauthenticate: 2, upgrade: 3, redownload: 4 } as const;
export type OutcomeName = keyof typeof outcomes;
