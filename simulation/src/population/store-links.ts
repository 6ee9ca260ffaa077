import type { AppStore } from "@cordon/model";

/** Where each store has the fixed version; null for one that is no trusted place. */
export const storeLinks: Readonly<Record<AppStore, string | null>> = {
  "google-play": "https://play.google.com/store/apps/details?id=example.overture",
  "amazon-appstore": "https://www.amazon.com/gp/mas/dl/android?p=example.overture",
  website: "https://overture.example/download",
  "app-store": null,
  unknown: null,
};
