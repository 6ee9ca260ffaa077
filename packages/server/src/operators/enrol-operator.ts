import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { OperatorError } from "./errors.ts";
import type { KnownOperator, OperatorBook } from "./operator-book.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { enrolledPasskey } from "./passkeys.ts";
import { digestOf } from "./secrets.ts";

/** Whom an invitation's link is for. Throws ERR_OPERATOR_INVITATION when it is nobody's, used or too old. */
export async function invitedBy(door: OperatorDoor, secret: string): Promise<KnownOperator> {
  return invited(await door.register.current(), secret, door.clock());
}

/** Uses the invitation up: the new passkey is the operator's only one. */
export async function enrolOperator(
  door: OperatorDoor,
  secret: string,
  response: RegistrationResponseJSON,
): Promise<KnownOperator> {
  await invitedBy(door, secret);
  const passkey = await enrolledPasskey(door, response);
  const name = await door.register.change((book) => {
    // Decided on the book as it is now: of two who come with one link, one is let in.
    const { name: operator, invitation } = invited(book, secret, door.clock());
    const data = { operator, invitation: invitation?.digest ?? "", passkey };
    return { event: { type: "operator-enrolled", data }, made: operator };
  });
  const operator = (await door.register.current()).operator(name);
  if (operator === null || operator.revoked) throw wrongLink();
  return operator;
}

function invited(book: OperatorBook, secret: string, nowMs: number): KnownOperator {
  const operator = book.byInvitation(digestOf(secret).toString("base64url"));
  const untilMs = operator?.invitation?.untilMs ?? -Infinity;
  if (operator === null || untilMs <= nowMs) throw wrongLink();
  return operator;
}

function wrongLink(): OperatorError {
  return new OperatorError("ERR_OPERATOR_INVITATION", "this link was used, is too old, or was never one", {
    hint: "ask an administrator for a new one",
  });
}
