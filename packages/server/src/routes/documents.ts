import { endpoints, openApiDocument } from "@cordon/contract";
import { readStatus, type Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";

/** Health, the API's own description, and the status as JSON. */
export function registerDocuments(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
  version: string,
): void {
  const openApi = JSON.stringify(openApiDocument(version));
  app.get(endpoints.health.path, () => ({ status: "ok" }));
  app.get(endpoints.openapi.path, (_request, reply) =>
    reply.type("application/json; charset=utf-8").send(openApi),
  );
  const { path, roles } = endpoints.status;
  app.get(path, { onRequest: authentication.require(roles) }, () => readStatus(plane, version));
}
