/** Platforms of the directory (contracts 3). A policy may name others: they match only themselves. */
export const platforms = ["android", "ios", "windows-phone", "desktop", "web"] as const;
export type Platform = (typeof platforms)[number];

/** App stores of the directory (contracts 3); `unknown` where no store can be established. */
export const appStores = ["google-play", "amazon-appstore", "website", "app-store", "unknown"] as const;
export type AppStore = (typeof appStores)[number];
