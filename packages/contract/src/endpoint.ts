import type { TSchema } from "typebox";
import { operatorRoles, type Role } from "./operator.ts";

export interface Endpoint {
  readonly operationId: string;
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it: `/v1/incidents/{incidentId}`. */
  readonly path: string;
  readonly summary: string;
  /** Whose token is taken; empty where none is needed. */
  readonly roles: readonly Role[];
  /** True for commands that take an `Idempotency-Key`: repeated with the same key they act once. */
  readonly command: boolean;
  /** True for lists that are read page by page, by `cursor` and `limit`. */
  readonly paged?: true;
  readonly body: TSchema | null;
  /** Left out: `application/json`. */
  readonly bodyType?: "application/octet-stream";
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly contentType: string;
    readonly schema: TSchema | null;
  };
}

export const json = "application/json";

/** Every operator may ask, and may try every command: the incident decides by its roles. */
export const operators: readonly Role[] = operatorRoles;

export const incident = "/v1/incidents/{incidentId}";

export function query(
  operationId: string,
  path: string,
  summary: string,
  schema: TSchema,
  options: { roles?: readonly Role[]; paged?: true; body?: TSchema } = {},
): Endpoint {
  const { roles = operators, paged, body } = options;
  return {
    operationId,
    // A question too long for an address comes as a body; it changes nothing either.
    method: body === undefined ? "GET" : "POST",
    path,
    summary,
    roles,
    command: false,
    ...(paged === undefined ? {} : { paged }),
    body: body ?? null,
    success: { status: 200, contentType: json, schema },
  };
}

export function command(
  operationId: string,
  path: string,
  summary: string,
  options: { body?: TSchema; status?: 201 | 202; schema: TSchema },
): Endpoint {
  return {
    operationId,
    method: "POST",
    path,
    summary,
    roles: operators,
    command: true,
    body: options.body ?? null,
    success: { status: options.status ?? 201, contentType: json, schema: options.schema },
  };
}
