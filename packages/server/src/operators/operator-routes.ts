import {
  endpoints,
  problem,
  type CreateToken,
  type Endpoint,
  type InviteOperator,
  type SetOperatorRoles,
} from "@cordon/contract";
import type { Caller } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { newTokensPerHourMax, RateLimit } from "../rate-limit.ts";
import { sendProblem } from "../send-problem.ts";
import { changeRoles } from "./change-roles.ts";
import { createToken } from "./create-token.ts";
import { OperatorError } from "./errors.ts";
import { inviteOperator } from "./invite-operator.ts";
import { listTokens } from "./list-tokens.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { operatorView } from "./operator-view.ts";
import { revokeOperator } from "./revoke-operator.ts";
import { revokeToken } from "./revoke-token.ts";

interface Call {
  readonly caller: Caller;
  readonly params: { readonly [name: string]: string | undefined };
  /** Has passed the endpoint's schema. */
  readonly body: unknown;
}

/** The API of operators and tokens. */
export function registerOperatorRoutes(
  app: FastifyInstance,
  door: OperatorDoor,
  authentication: Authentication,
): void {
  const newTokens = new RateLimit({ max: newTokensPerHourMax, windowMs: 3_600_000, clock: door.clock });
  const route = (endpoint: Endpoint, answer: (call: Call) => Promise<unknown>): void => {
    app.route({
      method: endpoint.method,
      url: endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      ...(endpoint.body === null ? {} : { schema: { body: endpoint.body } }),
      onRequest: authentication.require(endpoint.roles),
      handler: async (request, reply) => {
        const caller = authentication.caller(request);
        if (endpoint.operationId === "createToken") {
          // Who stole a token must not make another one that outlives it.
          if (authentication.means(request) === "token")
            throw new OperatorError("ERR_TOKEN_BY_TOKEN", "an API token makes no other tokens");
          const waitSeconds = newTokens.count(caller.operator);
          if (waitSeconds !== null) {
            reply.header("retry-after", String(waitSeconds));
            return sendProblem(reply, problem("too-many-requests"));
          }
        }
        const params = request.params as Call["params"];
        const answered = await answer({ caller, params, body: request.body });
        return reply.code(endpoint.success.status).send(answered);
      },
    });
  };

  route(endpoints.listOperators, async () => {
    const book = await door.register.current();
    return { operators: book.operators().map((one) => operatorView(one, door.clock())) };
  });
  route(endpoints.inviteOperator, ({ caller, body }) =>
    inviteOperator(door, caller.operator, body as InviteOperator),
  );
  route(endpoints.setOperatorRoles, ({ caller, params, body }) =>
    changeRoles(door, caller.operator, params["operator"] ?? "", (body as SetOperatorRoles).roles),
  );
  route(endpoints.revokeOperator, ({ caller, params }) =>
    revokeOperator(door, caller.operator, params["operator"] ?? ""),
  );
  route(endpoints.listTokens, async ({ caller }) => ({ tokens: await listTokens(door, caller.operator) }));
  route(endpoints.createToken, ({ caller, body }) => createToken(door, caller.operator, body as CreateToken));
  route(endpoints.revokeToken, ({ caller, params }) => revokeToken(door, caller, params["tokenId"] ?? ""));
}
