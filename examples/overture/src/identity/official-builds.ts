import type { OfficialBuild } from "../api/help-api.ts";

/** Where Overture's own apps come from. A directive's link is the policy's; these are for people who ask for help. */
export const officialBuilds: readonly OfficialBuild[] = [
  {
    platform: "android",
    store: "google-play",
    storeName: "Google Play",
    link: "https://play.google.com/store/apps/details?id=example.overture",
  },
  {
    platform: "android",
    store: "amazon-appstore",
    storeName: "Amazon Appstore",
    link: "https://www.amazon.com/gp/mas/dl/android?p=example.overture",
  },
  {
    platform: "ios",
    store: "app-store",
    storeName: "App Store",
    link: "https://apps.apple.com/app/overture/id0",
  },
  {
    platform: "android",
    store: "website",
    storeName: "overture.example",
    link: "https://overture.example/download",
  },
];
