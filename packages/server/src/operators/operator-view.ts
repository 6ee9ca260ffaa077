import type { Operator } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { KnownOperator } from "./operator-book.ts";

/** An operator as the API tells it. */
export function operatorView(known: KnownOperator, nowMs: number): Operator {
  const { name, displayName, roles, signsIn, passkeys, invitation, revoked } = known;
  const open = invitation !== null && invitation.untilMs > nowMs ? invitation : null;
  const waits = signsIn === "passkey" && passkeys.length === 0;
  return {
    name,
    displayName,
    roles: [...roles],
    signsIn,
    state: revoked ? "revoked" : waits ? "invited" : "active",
    passkeys: passkeys.length,
    invitedUntil: open === null ? null : formatInstant(open.untilMs),
  };
}
