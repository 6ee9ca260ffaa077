import { systemOperator } from "@cordon/response";
import { OperatorError } from "./errors.ts";
import type { VouchedFor } from "./issuer.ts";
import type { KnownOperator, OperatorBook } from "./operator-book.ts";
import type { OperatorDoor } from "./operator-door.ts";
import type { OperatorEvent } from "./operator-event.ts";
import { digestOf } from "./secrets.ts";

const namePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/**
 * The operator whom an issuer vouches for, made at the first sign-in; the roles are those of the groups as they are now.
 * Throws ERR_OPERATOR_SIGN_IN for who has none and for who was revoked.
 */
export async function recogniseOperator(door: OperatorDoor, vouched: VouchedFor): Promise<KnownOperator> {
  const name = await door.register.change((book) => decided(book, vouched));
  const operator = (await door.register.current()).operator(name);
  if (operator === null || operator.revoked || operator.roles.length === 0) {
    throw new OperatorError("ERR_OPERATOR_SIGN_IN", "you have no role here", {
      hint: "ask whoever keeps your groups, or an administrator",
    });
  }
  return operator;
}

function decided(
  book: OperatorBook,
  { issuer, subject, displayName, roles }: VouchedFor,
): { readonly event: OperatorEvent | null; readonly made: string } {
  const known = book.bySubject(issuer, subject);
  if (known === null) {
    const operator = nameFor(book, issuer, subject);
    if (roles.length === 0) return { event: null, made: operator };
    const data = { operator, displayName, roles, issuer, subject };
    return { event: { type: "operator-recognised", data }, made: operator };
  }
  const same = known.roles.length === roles.length && roles.every((role) => known.roles.includes(role));
  if (known.revoked || same) return { event: null, made: known.name };
  const data = { by: null, operator: known.name, roles };
  return { event: { type: "operator-roles-changed", data }, made: known.name };
}

/** The issuer's own word for the person where nobody has that name; else one that can't be anybody else's. */
function nameFor(book: OperatorBook, issuer: string, subject: string): string {
  const isFree = book.operator(subject) === null && subject !== systemOperator && subject !== "enforcement";
  if (namePattern.test(subject) && isFree) return subject;
  return `issuer-${digestOf(JSON.stringify([issuer, subject]))
    .toString("hex")
    .slice(0, 24)}`;
}
