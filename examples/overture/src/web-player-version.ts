/** The version of the web player that this server serves. */
export const webPlayerVersion = "1.0.0";
