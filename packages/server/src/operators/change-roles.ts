import type { Operator, OperatorRole } from "@cordon/contract";
import { OperatorError } from "./errors.ts";
import type { KnownOperator, OperatorBook } from "./operator-book.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { operatorView } from "./operator-view.ts";

/** Gives an operator these roles in place of those of before; ends their sessions. */
export async function changeRoles(
  door: OperatorDoor,
  by: string,
  name: string,
  roles: readonly OperatorRole[],
): Promise<Operator> {
  await door.register.change((book) => {
    const operator = standing(book, name);
    if (by === name)
      throw new OperatorError("ERR_OPERATOR_OWN_ROLES", "nobody changes their own roles", {
        hint: "another administrator can",
      });
    if (operator.signsIn === "issuer")
      throw new OperatorError("ERR_OPERATOR_ROLES", `\`${name}\` has the roles of their groups`, {
        hint: "change the groups at the issuer, or the mapping of the server",
      });
    if (roles.length === 0)
      throw new OperatorError("ERR_OPERATOR_ROLES", "an operator needs at least one role", {
        hint: "revoke the operator",
      });
    keepAdministrator(book, operator, roles);
    const same =
      roles.length === operator.roles.length && roles.every((role) => operator.roles.includes(role));
    const event = same
      ? null
      : ({ type: "operator-roles-changed", data: { by, operator: name, roles } } as const);
    return { event, made: null };
  });
  return operatorView(standing(await door.register.current(), name), door.clock());
}

/** Throws ERR_OPERATOR_UNKNOWN, ERR_OPERATOR_REVOKED. */
export function standing(book: OperatorBook, name: string): KnownOperator {
  const operator = book.operator(name);
  if (operator === null) throw new OperatorError("ERR_OPERATOR_UNKNOWN", `there is no operator \`${name}\``);
  if (operator.revoked) throw new OperatorError("ERR_OPERATOR_REVOKED", `\`${name}\` is revoked`);
  return operator;
}

/** INVARIANT: somebody can always keep the operators. */
export function keepAdministrator(
  book: OperatorBook,
  operator: KnownOperator,
  roles: readonly OperatorRole[],
): void {
  if (!operator.roles.includes("administrator") || roles.includes("administrator")) return;
  const others = book.operators().filter((one) => one.name !== operator.name && canKeep(one));
  if (others.length > 0) return;
  throw new OperatorError(
    "ERR_OPERATOR_LAST_ADMINISTRATOR",
    `\`${operator.name}\` is the last administrator`,
  );
}

/** Who was only invited may never come. */
function canKeep({ roles, signsIn, passkeys, revoked }: KnownOperator): boolean {
  return !revoked && roles.includes("administrator") && (signsIn !== "passkey" || passkeys.length > 0);
}
