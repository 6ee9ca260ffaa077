import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import { isJsonObject } from "@cordon/model";

/** What a browser keeps between going to sign in and coming back: whoever comes back must have gone. */
export interface SignInAttempt {
  readonly state: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
  /** A path of Overture's own, with query and fragment. */
  readonly returnPath: string;
}

const returnPathCharsMax = 2048;

/** A path of this origin, or `/` for anything that leads elsewhere. */
export function ownPath(path: string | undefined): string {
  if (path === undefined || path.length > returnPathCharsMax || !/^\/(?![/\\])/.test(path)) return "/";
  const url = URL.canParse(path, "http://overture.invalid") ? new URL(path, "http://overture.invalid") : null;
  if (url?.origin !== "http://overture.invalid") return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}

export function newSignInAttempt(returnPath: string): SignInAttempt {
  return {
    state: randomBytes(16).toString("base64url"),
    verifier: randomBytes(32).toString("base64url"),
    returnPath,
  };
}

export function challengeOf({ verifier }: SignInAttempt): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

function mac(secret: string, payload: string): Buffer {
  return createHmac("sha256", secret).update("sign-in attempt\n").update(payload).digest();
}

/** As a cookie's value: nobody but Overture can make one. */
export function sealAttempt(attempt: SignInAttempt, secret: string): string {
  const payload = Buffer.from(JSON.stringify(attempt)).toString("base64url");
  return `${payload}.${mac(secret, payload).toString("base64url")}`;
}

/** Null for a value that `sealAttempt` did not make. */
export function openAttempt(value: string | undefined, secret: string): SignInAttempt | null {
  const [payload, given, ...rest] = value?.split(".") ?? [];
  if (payload === undefined || given === undefined || rest.length > 0) return null;
  const expected = mac(secret, payload);
  const bytes = Buffer.from(given, "base64url");
  if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) return null;
  const attempt: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  if (!isJsonObject(attempt)) return null;
  const { state, verifier, returnPath } = attempt;
  if (typeof state !== "string" || typeof verifier !== "string" || typeof returnPath !== "string")
    return null;
  return { state, verifier, returnPath };
}
