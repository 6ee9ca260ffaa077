import type { Endpoint } from "./call.ts";
import { SubsonicError } from "./subsonic-error.ts";

/** ping, getLicense, tokenInfo, getUser, getScanStatus. */
export const systemEndpoints: Readonly<Record<string, Endpoint>> = {
  ping: () => ({}),
  getLicense: () => ({ license: { valid: true } }),
  tokenInfo: ({ owner }) => ({ tokenInfo: { username: owner.email } }),
  getScanStatus: ({ library }) => ({
    scanStatus: { scanning: library.isScanning(), count: library.library.counts().tracks },
  }),
  /** One's own; without `username` too, since a client that has only a key may not know it. Nobody here may ask for another's. */
  getUser: ({ owner, parameters }) => {
    if (![null, owner.email, owner.accountId].includes(parameters.get("username")))
      throw new SubsonicError(50);
    return {
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
    };
  },
};

/** For everybody, also without a key: a client has to know how it may sign in. */
export const extensions = {
  openSubsonicExtensions: [
    { name: "apiKeyAuthentication", versions: [1] },
    { name: "formPost", versions: [1] },
  ],
};
