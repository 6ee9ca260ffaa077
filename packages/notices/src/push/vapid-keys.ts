import webPush from "web-push";

/** A P-256 key pair (RFC 8292) in base64url: browsers subscribe with the public one. */
export type VapidKeys = { readonly publicKey: string; readonly privateKey: string };

export function generateVapidKeys(): VapidKeys {
  return webPush.generateVAPIDKeys();
}
