import { CreateToken } from "@cordon/contract";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { addPasskey } from "../../operators/add-passkey.ts";
import { createToken } from "../../operators/create-token.ts";
import { OperatorError } from "../../operators/errors.ts";
import { listTokens } from "../../operators/list-tokens.ts";
import { enrolOptions } from "../../operators/passkeys.ts";
import { revokeToken } from "../../operators/revoke-token.ts";
import { clearSession } from "../../operators/session-cookie.ts";
import type { Session } from "../../operators/sessions.ts";
import { newTokensPerHourMax, RateLimit } from "../../rate-limit.ts";
import { ownPage } from "../own-page.ts";
import type { PageContext } from "../register-pages.ts";
import { SignInLimits, tooMany } from "../sign-in-limits.ts";
import { field, fieldList, readerOf, senderOf, visitorOf } from "../visitor.ts";
import { authenticatorAnswer } from "./passkey-sign-in.ts";

/** One's own sessions, tokens and passkeys. */
export function registerOwn(pages: FastifyInstance, { door }: PageContext): void {
  const newTokens = new RateLimit({ max: newTokensPerHourMax, windowMs: 3_600_000, clock: door.clock });
  const limits = new SignInLimits(door.clock, door.origin);

  const show = async (reply: FastifyReply, session: Session, secret: string | null) => {
    const { name } = session.operator;
    const [sessions, tokens] = await Promise.all([door.sessions.of(name), listTokens(door, name)]);
    const text = ownPage({ reader: readerOf(session, door), session, sessions, tokens, secret });
    return reply.type("text/html; charset=utf-8").send(text);
  };

  pages.get("/operator", async (request, reply) => {
    const session = await visitorOf(request, door);
    return session === null ? reply.redirect("/sign-in", 303) : show(reply, session, null);
  });

  pages.post("/operator/sessions/end", async (request, reply) => {
    const session = await senderOf(request, reply, door);
    if (session === null) return reply;
    const id = field(request, "session");
    await door.sessions.end(session.operator.name, id);
    if (id === session.id) clearSession(reply, door.origin());
    return reply.redirect(id === session.id ? "/sign-in" : "/operator", 303);
  });

  pages.post("/operator/sessions/end-others", async (request, reply) => {
    const session = await senderOf(request, reply, door);
    if (session === null) return reply;
    await door.sessions.endOthers(session);
    return reply.redirect("/operator", 303);
  });

  pages.post("/operator/tokens", async (request, reply) => {
    const session = await senderOf(request, reply, door);
    if (session === null) return reply;
    const asked: unknown = {
      label: field(request, "label"),
      roles: fieldList(request, "roles"),
      readOnly: field(request, "read_only") === "yes",
      days: Number(field(request, "days")),
    };
    if (!Check(CreateToken, asked))
      throw new OperatorError("ERR_TOKEN_ROLES", "a token needs what it is for, roles, and a number of days");
    const waitSeconds = newTokens.count(session.operator.name);
    if (waitSeconds !== null) return tooMany(reply, waitSeconds);
    const { secret } = await createToken(door, session.operator.name, asked);
    return show(reply, session, secret);
  });

  pages.post("/operator/tokens/revoke", async (request, reply) => {
    const session = await senderOf(request, reply, door);
    if (session === null) return reply;
    const { name, roles } = session.operator;
    await revokeToken(door, { operator: name, roles }, field(request, "token"));
    return reply.redirect("/operator", 303);
  });

  const { attempt: onRequest } = limits;
  pages.post("/operator/passkey/options", { onRequest }, async (request) =>
    enrolOptions(door, own(await visitorOf(request, door))),
  );

  const body = Type.Object({ response: authenticatorAnswer });
  pages.post("/operator/passkey", { onRequest, schema: { body } }, async (request, reply) => {
    const { response } = request.body as { readonly response: RegistrationResponseJSON };
    await addPasskey(door, own(await visitorOf(request, door)).name, response);
    return reply.code(204).send();
  });
}

function own(session: Session | null): Session["operator"] {
  if (session?.operator.signsIn === "passkey") return session.operator;
  throw new OperatorError("ERR_OPERATOR_SIGN_IN", "passkeys are for who signs in with them");
}
