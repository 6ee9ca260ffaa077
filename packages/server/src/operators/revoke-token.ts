import type { ApiToken, OperatorRole } from "@cordon/contract";
import { OperatorError } from "./errors.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { tokenView } from "./token-view.ts";

/** Ends a token: one's own, or as an administrator anybody's. A second time it changes nothing. */
export async function revokeToken(
  door: OperatorDoor,
  caller: { readonly operator: string; readonly roles: readonly OperatorRole[] },
  id: string,
): Promise<ApiToken> {
  await door.register.change((book) => {
    const token = book.token(id);
    const may = token?.operator === caller.operator || caller.roles.includes("administrator");
    // Whose a token is, others don't learn.
    if (token === null || !may) throw new OperatorError("ERR_TOKEN_UNKNOWN", `you have no token \`${id}\``);
    const event = { type: "token-revoked", data: { by: caller.operator, token: id } } as const;
    return { event: token.revoked ? null : event, made: null };
  });
  const token = (await door.register.current()).token(id);
  if (token === null) throw new TypeError("a token that was not recorded");
  return tokenView(token, null, door.clock());
}
