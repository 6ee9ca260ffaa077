import type { Endpoint } from "./call.ts";

/** ping, getLicense, tokenInfo, getUser, getScanStatus. */
export const systemEndpoints: Readonly<Record<string, Endpoint>> = {
  ping: () => ({}),
  getLicense: () => ({ license: { valid: true } }),
  tokenInfo: ({ owner }) => ({ tokenInfo: { username: owner.email } }),
  getScanStatus: ({ library }) => ({
    scanStatus: { scanning: library.isScanning(), count: library.library.counts().tracks },
  }),
  getUser: ({ owner }) => ({
    user: {
      username: owner.email,
      email: owner.email,
      scrobblingEnabled: true,
      adminRole: false,
      settingsRole: false,
      downloadRole: true,
      uploadRole: false,
      playlistRole: true,
      coverArtRole: true,
      commentRole: false,
      podcastRole: false,
      streamRole: true,
      jukeboxRole: false,
      shareRole: false,
      videoConversionRole: false,
      folder: [],
    },
  }),
};

/** For everybody, also without a key: a client has to know how it may sign in. */
export const extensions = {
  openSubsonicExtensions: [
    { name: "apiKeyAuthentication", versions: [1] },
    { name: "formPost", versions: [1] },
  ],
};
