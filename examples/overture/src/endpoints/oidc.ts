import type { FastifyInstance } from "fastify";
import type { Provider } from "oidc-provider";

import { oidcPaths } from "../identity/identity-provider.ts";
import { addressHeader } from "../identity/sign-in-grant.ts";

/** Hands OpenID Connect's own paths to oidc-provider, which reads bodies and writes answers itself. */
export function registerOidc(app: FastifyInstance, provider: Provider): void {
  const answer = provider.callback();
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const url of oidcPaths) {
      scope.route({
        method: ["GET", "POST", "OPTIONS"],
        url,
        config: { cordon: "open" },
        handler: (request, reply) => {
          reply.hijack();
          request.raw.headers[addressHeader] = request.ip;
          void answer(request.raw, reply.raw);
        },
      });
    }
    done();
  });
}
