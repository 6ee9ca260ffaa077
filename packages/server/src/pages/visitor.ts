import type { FastifyReply, FastifyRequest } from "fastify";
import type { OperatorDoor } from "../operators/operator-door.ts";
import { isSameOrigin } from "../operators/same-origin.ts";
import { sessionSecret } from "../operators/session-cookie.ts";
import type { Session } from "../operators/sessions.ts";
import { messagePage } from "./message-page.ts";
import type { Reader } from "./page.ts";

/** Who is signed in; null when nobody is. */
export async function visitorOf(request: FastifyRequest, door: OperatorDoor): Promise<Session | null> {
  const secret = sessionSecret(request, door.origin());
  return secret === null ? null : door.sessions.find(secret);
}

export function readerOf(session: Session, door: OperatorDoor): Reader {
  const { displayName, roles } = session.operator;
  return {
    displayName,
    isAdministrator: roles.includes("administrator"),
    formToken: formTokenOf(session, door),
  };
}

function formTokenOf(session: Session, door: OperatorDoor): string {
  return door.seal.of("form", session.id).toString("base64url");
}

/** A form's fields; one that stands several times is a list. */
export type Fields = { readonly [name: string]: readonly string[] };

/**
 * The session that sent a form from a page of its own. Null when there is none: the refusal is sent then. Two locks, each of
 * which would do: what the browser says of where the form was, and the token that only the session's own pages hold.
 */
export async function senderOf(
  request: FastifyRequest,
  reply: FastifyReply,
  door: OperatorDoor,
): Promise<Session | null> {
  const session = await visitorOf(request, door);
  if (session === null) {
    await reply.redirect("/sign-in", 303);
    return null;
  }
  const given = Buffer.from(field(request, "form_token"), "base64url");
  if (isSameOrigin(request, door.origin()) && door.seal.fits(given, "form", session.id)) return session;
  await reply
    .code(403)
    .type("text/html; charset=utf-8")
    .send(
      messagePage({
        title: "Refused",
        text: "This did not come from a page of this server that is yours now. Nothing was changed.",
        next: { href: "/", label: "Back to the status" },
      }),
    );
  return null;
}

/** The first value of a form's field, empty without one. */
export function field(request: FastifyRequest, name: string): string {
  return fieldList(request, name)[0] ?? "";
}

export function fieldList(request: FastifyRequest, name: string): readonly string[] {
  const fields = request.body as Fields;
  return Object.hasOwn(fields, name) ? (fields[name] ?? []) : [];
}
