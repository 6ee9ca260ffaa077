import { endpoints, pageEntriesMax, type Endpoint } from "@cordon/contract";
import type { PageRequest, Plane } from "@cordon/control-plane";
import { InputError } from "@cordon/model";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { jsonOperationIds, operationOf } from "./operations.ts";
import { routePath } from "./route-path.ts";

/** Questions too long for an address: a token that may only read may ask them. */
const longQueries: ReadonlySet<string> = new Set(["previewPlan", "planWaves", "explainAccount"]);

/** Registers every operation of the table: authenticate, check the body, call, answer. */
export function registerJsonRoutes(app: FastifyInstance, plane: Plane, authentication: Authentication): void {
  for (const id of jsonOperationIds) {
    const endpoint: Endpoint = endpoints[id];
    const operation = operationOf(id);
    app.route({
      method: endpoint.method,
      url: routePath(endpoint.path),
      ...(endpoint.body === null ? {} : { schema: { body: endpoint.body } }),
      onRequest: authentication.require(endpoint.roles, { reads: longQueries.has(id) }),
      handler: async (request, reply) => {
        const params = request.params as { readonly [name: string]: string };
        const body = endpoint.body === null ? null : request.body;
        const page = endpoint.paged === true ? pageOf(request.query) : firstPage;
        const result = await operation({ plane, caller: authentication.caller(request), params, body, page });
        reply.code(endpoint.success.status);
        return endpoint.success.schema === null ? reply.send() : result;
      },
    });
  }
}

const firstPage: PageRequest = { cursor: null, limit: 100 };

/** Throws an InputError for a page that can't be. */
function pageOf(query: unknown): PageRequest {
  const { cursor = null, limit = null } = query as { readonly cursor?: unknown; readonly limit?: unknown };
  const entries = limit === null ? firstPage.limit : typeof limit === "string" ? wholeNumber(limit) : NaN;
  if (!(entries >= 1 && entries <= pageEntriesMax))
    throw new InputError(["limit"], "it is no page size", `1 to ${pageEntriesMax}`);
  if (cursor !== null && typeof cursor !== "string")
    throw new InputError(["cursor"], "there are several", "one");
  return { cursor, limit: entries };
}

function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : NaN;
}
