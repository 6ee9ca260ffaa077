import type { Operator } from "@cordon/contract";
import { keepAdministrator, standing } from "./change-roles.ts";
import type { OperatorDoor } from "./operator-door.ts";
import { operatorView } from "./operator-view.ts";

/** Ends an operator with everything that is theirs: sessions, tokens, passkeys, invitation. The name stays taken. */
export async function revokeOperator(door: OperatorDoor, by: string, name: string): Promise<Operator> {
  const last = await door.register.change((book) => {
    const operator = standing(book, name);
    keepAdministrator(book, operator, []);
    return { event: { type: "operator-revoked", data: { by, operator: name } }, made: operator };
  });
  const now = (await door.register.current()).operator(name) ?? last;
  return operatorView(now, door.clock());
}
