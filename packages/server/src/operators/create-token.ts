import { operatorRoles, type CreatedToken, type CreateToken, type OperatorRole } from "@cordon/contract";
import { standing } from "./change-roles.ts";
import { OperatorError } from "./errors.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { digestOf, newId, newSecret } from "./secrets.ts";
import { tokenView } from "./token-view.ts";

/** Tokens of one operator that are good at a time. */
const tokensPerOperatorMax = 50;
const dayMs = 86_400_000;

/** What a leaked token is known by, to people and to scanners of code. */
const tokenPrefix = "cordon_";

/** A token of the operator's own, limited to some of their roles. */
export async function createToken(
  door: OperatorDoor,
  operator: string,
  { label, roles, readOnly = false, days }: CreateToken,
): Promise<CreatedToken> {
  const secret = `${tokenPrefix}${newSecret()}`;
  const nowMs = door.clock();
  const id = newId("token");
  await door.register.change((book) => {
    const has = standing(book, operator).roles;
    const wanted = roles ?? has;
    const missing = wanted.filter((role) => !has.includes(role));
    if (missing.length > 0)
      throw new OperatorError("ERR_TOKEN_ROLES", `\`${operator}\` is no ${missing.join(" and no ")}`);
    if (wanted.length === 0) throw new OperatorError("ERR_TOKEN_ROLES", "a token needs at least one role");
    const good = book.tokensOf(operator).filter((one) => !one.revoked && one.untilMs > nowMs);
    if (good.length >= tokensPerOperatorMax)
      throw new OperatorError("ERR_OPERATOR_LIMIT", `\`${operator}\` has ${tokensPerOperatorMax} tokens`, {
        hint: "revoke one first",
      });
    const data = {
      operator,
      token: id,
      label,
      digest: digestOf(secret).toString("base64url"),
      roles: inOrder(wanted),
      readOnly,
      untilMs: nowMs + days * dayMs,
    };
    return { event: { type: "token-created", data }, made: null };
  });
  const token = (await door.register.current()).token(id);
  if (token === null) throw new TypeError("a token that was not recorded");
  return { token: tokenView(token, null, nowMs), secret };
}

function inOrder(wanted: readonly OperatorRole[]): readonly OperatorRole[] {
  return operatorRoles.filter((role) => wanted.includes(role));
}
