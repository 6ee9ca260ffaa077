import type { InviteOperator, Invitation } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { systemOperator } from "@cordon/response";
import { OperatorError } from "./errors.ts";
import type { OperatorBook } from "./operator-book.ts";
import type { OperatorEvent } from "./operator-event.ts";
import { operatorView } from "./operator-view.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { digestOf, newSecret } from "./secrets.ts";

/** How long an invitation's link is good. */
const invitationMs = 24 * 3_600_000;
/** Operators of a HOME, those who left counted. */
const operatorsMax = 10_000;

/** Names that mean something else on record. */
const takenNames: ReadonlySet<string> = new Set([systemOperator, "enforcement"]);

/** A new operator, or a new link for one whose passkey is lost. `origin`: where the browser finds the server. */
export async function inviteOperator(
  door: OperatorDoor,
  by: string,
  asked: InviteOperator,
): Promise<Invitation> {
  const secret = newSecret();
  const untilMs = door.clock() + invitationMs;
  await door.register.change((book) => ({ event: invited(book, by, asked, secret, untilMs), made: null }));
  const operator = (await door.register.current()).operator(asked.name);
  if (operator === null) throw new TypeError("an invitation without its operator");
  return {
    operator: operatorView(operator, door.clock()),
    // In the fragment: no server, proxy or log is ever sent it.
    link: `${door.origin()}/enrol#${secret}`,
    until: formatInstant(untilMs),
  };
}

function invited(
  book: OperatorBook,
  by: string,
  { name, displayName, roles }: InviteOperator,
  secret: string,
  untilMs: number,
): OperatorEvent {
  const known = book.operator(name);
  const link = { invitation: digestOf(secret).toString("base64url"), untilMs };
  if (known === null) {
    if (takenNames.has(name))
      throw new OperatorError("ERR_OPERATOR_NAME", `\`${name}\` is no operator's name`);
    if (roles === undefined || roles.length === 0)
      throw new OperatorError("ERR_OPERATOR_ROLES", `\`${name}\` is new and needs at least one role`);
    if (book.operators().length >= operatorsMax)
      throw new OperatorError("ERR_OPERATOR_LIMIT", `there are ${operatorsMax} operators already`);
    const data = { by, operator: name, displayName: displayName ?? name, roles, ...link };
    return { type: "operator-invited", data };
  }
  if (roles !== undefined)
    throw new OperatorError("ERR_OPERATOR_EXISTS", `there is an operator \`${name}\` already`, {
      hint: "leave the roles out for a new link, or change the roles",
    });
  if (known.revoked || known.signsIn !== "passkey")
    throw new OperatorError("ERR_OPERATOR_EXISTS", `\`${name}\` can't be invited again`, {
      hint: "names are not given out a second time: invite another name",
    });
  const data = { by, operator: name, displayName: known.displayName, roles: null, ...link };
  return { type: "operator-invited", data };
}
