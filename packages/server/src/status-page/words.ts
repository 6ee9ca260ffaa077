import type { AccountBounds, Measure } from "@cordon/contract";

export function number(value: number): string {
  return value.toLocaleString("en-GB");
}

/** The bounds of a claim as they may be told: a range is never one number. */
export function people(accounts: AccountBounds): string {
  const { kind, atLeast, atMost } = accounts;
  if (kind === "exactly") return `exactly ${number(atLeast)} ${atLeast === 1 ? "account" : "accounts"}`;
  return `between ${number(atLeast)} and ${number(atMost)} accounts`;
}

/** `2014-05-27T12:00:00.000Z` as `2014-05-27 12:00:00 UTC`. */
export function instant(text: string): string {
  return text.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}

const measures: { readonly [measure in Measure["measure"]]: string } = {
  reauthenticate: "sign in again",
  change_password: "new password",
  upgrade: "upgrade",
  redownload: "download again",
  refuse_client: "client refused",
};

export function measureName(measure: Measure["measure"]): string {
  return measures[measure];
}

/** What a measure asks, in a few words. */
export function measureDetail(measure: Measure): string {
  switch (measure.measure) {
    case "reauthenticate":
    case "change_password":
      return measure.rollout === undefined
        ? "at once"
        : `in ${measure.rollout.waves} waves over ${measure.rollout.over}`;
    case "upgrade":
      return `below ${measure.below}, ${measure.required === undefined ? "recommended" : `required from ${instant(measure.required)}`}`;
    case "redownload":
      return `epoch ${measure.epoch}${measure.from === undefined ? "" : `, from version ${measure.from}`}`;
    case "refuse_client":
      return `trusted: ${measure.trusted.join(", ")}`;
  }
}
