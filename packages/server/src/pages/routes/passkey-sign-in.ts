import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { deviceName } from "../../operators/device-name.ts";
import { signedInBy, signInOptions } from "../../operators/passkeys.ts";
import { setSession } from "../../operators/session-cookie.ts";
import type { PageContext } from "../register-pages.ts";
import { SignInLimits, tooMany } from "../sign-in-limits.ts";

/** What an authenticator answered: the library looks at the rest. */
export const authenticatorAnswer = Type.Object({
  id: Type.String({ maxLength: 2048 }),
  response: Type.Record(Type.String(), Type.Unknown()),
});

export function registerPasskeySignIn(pages: FastifyInstance, { door }: PageContext): void {
  const limits = new SignInLimits(door.clock, door.origin);
  const onRequest = limits.attempt;

  pages.post("/sign-in/passkey/options", { onRequest }, () => signInOptions(door));

  const body = Type.Object({ response: authenticatorAnswer });
  pages.post("/sign-in/passkey", { onRequest, schema: { body } }, async (request, reply) => {
    const { response } = request.body as { readonly response: AuthenticationResponseJSON };
    const known = (await door.register.current()).byPasskey(response.id);
    const waitSeconds = known === null ? null : limits.waitAt(known.operator.name);
    if (waitSeconds !== null) return tooMany(reply, waitSeconds);
    const operator = await signedInBy(door, response, (name) => limits.failedAt(name));
    const device = deviceName(request.headers["user-agent"]);
    setSession(reply, door.origin(), await door.sessions.begin(operator, "passkey", device));
    return reply.code(204).send();
  });
}
