/** Web Crypto's key, by a name that both Node's and a browser's types know. */
export type WebCryptoKey = (typeof globalThis.CryptoKey)["prototype"];
