import type { Directive } from "@cordon/client";

import type { OfficialBuild } from "../../src/api/help-api.ts";

/** What one measure asks of a person, in their words. */
interface Asked {
  readonly measure: string;
  readonly title: string;
  readonly why: string;
  readonly action: string;
  /** What is lost by it, and how it comes back. */
  readonly stays: readonly string[];
}

const staysWithAccount =
  "Playlists, favourites and play counts are in your account: nothing happens to them.";

/** Words for the measures that a person has a part in; null for those that need nobody. */
export function askedOf({ measure, required, available }: Directive, storeName: string): Asked | null {
  switch (measure) {
    case "reauthenticate":
      return {
        measure,
        title: "Please sign in once more",
        why: "To keep your account yours, sessions from before are being closed. Your password stays as it is.",
        action: "Sign in and come back here",
        stays: [staysWithAccount, "Offline playlists stay on this device."],
      };
    case "change_password":
      return {
        measure,
        title: "Please choose a new password",
        why: "Your old password may be known to somebody else. If you use it elsewhere too, change it there as well.",
        action: "Sign in and choose a new one",
        stays: [staysWithAccount, "Other devices and older apps sign in again with the new password."],
      };
    case "upgrade":
      if (available === false)
        return {
          measure,
          title: "A new version is on its way",
          why: `It is not in ${storeName} yet. You can go on listening; we will say when it is there.`,
          action: "",
          stays: [],
        };
      return {
        measure,
        title: required ? "This version has to go" : "There is a new version",
        why: required
          ? "A safer Overture is ready, and this one is no longer let in. It takes a minute."
          : "It is safer than this one. Take it when it suits you.",
        action: `Get it from ${storeName}`,
        stays: [
          staysWithAccount,
          "Offline playlists come back by themselves afterwards; you see your place in the queue.",
          "You return to the song that plays now.",
        ],
      };
    case "refuse_client":
      return {
        measure,
        title: "This is not an Overture of ours",
        why: "It came from a place that we don't know, and may have been tampered with. Don't type your password into it. Here is the real one:",
        action: "",
        stays: [staysWithAccount, "Delete this app once you have the real one."],
      };
    default:
      // Offline copies come back by themselves; what is not known asks nothing of anybody here.
      return null;
  }
}

const storeNames: Readonly<Record<string, string>> = {
  "google-play": "Google Play",
  "amazon-appstore": "the Amazon Appstore",
  "app-store": "the App Store",
  website: "our website",
};

export function storeNameOf(store: string, builds: readonly OfficialBuild[]): string {
  return (
    builds.find((each) => each.store === store)?.storeName ?? storeNames[store] ?? "the place it came from"
  );
}

/** The directive that is dealt with first: the service lists them in their order. */
export function foremost(directives: readonly Directive[]): Directive | null {
  return directives.find(({ measure, required }) => required && measure !== "redownload") ?? null;
}

/** What can wait: a recommended version, or one that is not there yet. */
export function suggested(directives: readonly Directive[]): Directive | null {
  return directives.find(({ measure, required }) => measure === "upgrade" && !required) ?? null;
}
