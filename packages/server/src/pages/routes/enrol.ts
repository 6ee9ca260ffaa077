import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { deviceName } from "../../operators/device-name.ts";
import { enrolOperator, invitedBy } from "../../operators/enrol-operator.ts";
import { enrolOptions } from "../../operators/passkeys.ts";
import { setSession } from "../../operators/session-cookie.ts";
import { enrolPage } from "../enrol-page.ts";
import type { PageContext } from "../register-pages.ts";
import { SignInLimits } from "../sign-in-limits.ts";
import { authenticatorAnswer } from "./passkey-sign-in.ts";

const secret = Type.String({ maxLength: 128 });

/** What an invitation's link leads to. */
export function registerEnrol(pages: FastifyInstance, { door }: PageContext): void {
  const limits = new SignInLimits(door.clock, door.origin);
  const onRequest = limits.attempt;

  pages.get("/enrol", (_request, reply) => reply.type("text/html; charset=utf-8").send(enrolPage()));

  const asking = Type.Object({ secret });
  pages.post("/enrol/options", { onRequest, schema: { body: asking } }, async (request) => {
    const { secret: link } = request.body as { readonly secret: string };
    return enrolOptions(door, await invitedBy(door, link));
  });

  const answering = Type.Object({ secret, response: authenticatorAnswer });
  pages.post("/enrol", { onRequest, schema: { body: answering } }, async (request, reply) => {
    const { secret: link, response } = request.body as {
      readonly secret: string;
      readonly response: RegistrationResponseJSON;
    };
    const operator = await enrolOperator(door, link, response);
    const device = deviceName(request.headers["user-agent"]);
    setSession(reply, door.origin(), await door.sessions.begin(operator, "passkey", device));
    return reply.code(204).send();
  });
}
