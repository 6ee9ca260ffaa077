import { isJsonObject } from "@cordon/model";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { PendingSignIn } from "./issuer.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { cookieOf, isSecure, setCookie } from "./session-cookie.ts";

/** How long a person may take at the issuer. */
const pendingMs = 10 * 60_000;

function nameAt(origin: string): string {
  return isSecure(origin) ? "__Host-cordon-sign-in" : "cordon-sign-in";
}

/** Lax: the browser comes back from another site. It lets nobody in; it only says which way out this is the way back of. */
export function setPending(reply: FastifyReply, door: OperatorDoor, pending: PendingSignIn): void {
  const text = Buffer.from(JSON.stringify({ ...pending, untilMs: door.clock() + pendingMs })).toString(
    "base64url",
  );
  setCookie(reply, door.origin(), {
    name: nameAt(door.origin()),
    value: `${text}.${door.seal.of("sign-in", text).toString("base64url")}`,
    sameSite: "Lax",
    maxAgeSeconds: pendingMs / 1000,
  });
}

export function clearPending(reply: FastifyReply, door: OperatorDoor): void {
  const name = nameAt(door.origin());
  setCookie(reply, door.origin(), { name, value: "", sameSite: "Lax", maxAgeSeconds: 0 });
}

/** Null when there is none, it is not of this server, or it is too old. */
export function pendingOf(request: FastifyRequest, door: OperatorDoor): PendingSignIn | null {
  const [text, seal] = (cookieOf(request, nameAt(door.origin())) ?? "").split(".");
  if (text === undefined || seal === undefined) return null;
  if (!door.seal.fits(Buffer.from(seal, "base64url"), "sign-in", text)) return null;
  // It was sealed here, so it is what was written here.
  const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
  if (!isJsonObject(value)) return null;
  const { state, nonce, verifier, untilMs } = value;
  if (typeof state !== "string" || typeof nonce !== "string" || typeof verifier !== "string") return null;
  return typeof untilMs === "number" && door.clock() < untilMs ? { state, nonce, verifier } : null;
}
