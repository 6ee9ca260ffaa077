import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";

export interface PushedBrowser {
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** Opens what a push service was given for it. */
  readonly open: (body: Buffer) => string;
}

/** A browser as RFC 8291 has it: its keys, and how it opens what it gets. */
export function pushedBrowser(): PushedBrowser {
  const ecdh = createECDH("prime256v1");
  const publicKey = ecdh.generateKeys();
  const auth = randomBytes(16);
  return {
    keys: { p256dh: publicKey.toString("base64url"), auth: auth.toString("base64url") },
    open(body) {
      const salt = body.subarray(0, 16);
      const keyLength = body[20] ?? 0;
      const serverKey = body.subarray(21, 21 + keyLength);
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, serverKey]);
      const secret = Buffer.from(hkdfSync("sha256", ecdh.computeSecret(serverKey), auth, info, 32));
      const key = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: aes128gcm\0", 16));
      const nonce = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: nonce\0", 12));
      const sealed = body.subarray(21 + keyLength);
      const decipher = createDecipheriv("aes-128-gcm", key, nonce);
      decipher.setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
      return plain.subarray(0, plain.lastIndexOf(2)).toString("utf8");
    },
  };
}
