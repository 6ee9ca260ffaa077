import { ApiToken, ApiTokenList, CreatedToken, CreateToken } from "./api-token.ts";
import { json, operators, query, type Endpoint } from "./endpoint.ts";
import { SetOperatorRoles, Invitation, InviteOperator, Operator, OperatorList } from "./operator.ts";
import type { Role } from "./operator.ts";
import type { TSchema } from "typebox";

const administrators: readonly Role[] = ["administrator"];

/** Not a command with a key: what is shown once can't be shown again to whoever repeats it. */
function change(
  operationId: string,
  path: string,
  summary: string,
  options: { roles: readonly Role[]; body?: TSchema; status: 200 | 201; schema: TSchema },
): Endpoint {
  return {
    operationId,
    method: "POST",
    path,
    summary,
    roles: options.roles,
    command: false,
    body: options.body ?? null,
    success: { status: options.status, contentType: json, schema: options.schema },
  };
}

/** Operators and their API tokens. */
export const operatorEndpoints = {
  listOperators: query(
    "listOperators",
    "/v1/operators",
    "everybody who may act, and who might",
    OperatorList,
  ),
  inviteOperator: change(
    "inviteOperator",
    "/v1/operators",
    "a new operator with a one-time link to enrol a passkey; without roles a new link for one who is there",
    { roles: administrators, body: InviteOperator, status: 201, schema: Invitation },
  ),
  setOperatorRoles: change(
    "setOperatorRoles",
    "/v1/operators/{operator}/roles",
    "give an operator these roles in place of those of before; their sessions end",
    { roles: administrators, body: SetOperatorRoles, status: 200, schema: Operator },
  ),
  revokeOperator: change(
    "revokeOperator",
    "/v1/operators/{operator}/revocation",
    "end an operator with sessions, tokens and passkeys; the name stays taken",
    { roles: administrators, status: 200, schema: Operator },
  ),
  listTokens: query("listTokens", "/v1/tokens", "one's own API tokens, the newest first", ApiTokenList),
  createToken: change(
    "createToken",
    "/v1/tokens",
    "an API token of one's own, limited in roles and time; shown once, and not to be had with an API token",
    { roles: operators, body: CreateToken, status: 201, schema: CreatedToken },
  ),
  revokeToken: change(
    "revokeToken",
    "/v1/tokens/{tokenId}/revocation",
    "end one of one's own API tokens, as an administrator anybody's",
    { roles: operators, status: 200, schema: ApiToken },
  ),
} as const satisfies { readonly [operation: string]: Endpoint };
