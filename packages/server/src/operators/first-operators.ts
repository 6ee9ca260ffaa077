import type { OperatorRole } from "@cordon/contract";

const authorRoles: readonly OperatorRole[] = ["viewer", "investigator", "responder"];
const approverRoles: readonly OperatorRole[] = [...authorRoles, "approver"];

/** Who owns HOME keeps the operators, whatever else is lost. */
export const rescuer = "administrator";

/**
 * The operators of a HOME before anybody was invited, each with a token in `HOME/operators/NAME.token`: one who writes, two
 * who approve, so that nobody approves alone what they wrote, and one who keeps the operators and does nothing else.
 */
export const firstOperators: ReadonlyMap<string, readonly OperatorRole[]> = new Map([
  ["author", authorRoles],
  ["approver", approverRoles],
  ["second-approver", approverRoles],
  [rescuer, ["administrator"]],
]);
