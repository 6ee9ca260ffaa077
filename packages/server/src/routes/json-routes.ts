import { endpoints, type Endpoint } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { jsonOperationIds, operationOf } from "./operations.ts";

/** Registers every operation of the table: authenticate, check the body, call, answer. */
export function registerJsonRoutes(app: FastifyInstance, plane: Plane, authentication: Authentication): void {
  for (const id of jsonOperationIds) {
    const endpoint: Endpoint = endpoints[id];
    const operation = operationOf(id);
    app.route({
      method: endpoint.method,
      url: routePath(endpoint.path),
      ...(endpoint.body === null ? {} : { schema: { body: endpoint.body } }),
      onRequest: authentication.require(endpoint.roles),
      handler: async (request, reply) => {
        const params = request.params as { readonly [name: string]: string };
        const body = endpoint.body === null ? null : request.body;
        const result = await operation({ plane, caller: authentication.caller(request), params, body });
        reply.code(endpoint.success.status);
        return endpoint.success.schema === null ? reply.send() : result;
      },
    });
  }
}

/** `{name}` of OpenAPI is `:name` here. */
function routePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
