import type { ApiToken } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { KnownToken } from "./operator-book.ts";

/** A token as the API tells it: never what it was made from. */
export function tokenView(token: KnownToken, lastUsedAt: Date | null, nowMs: number): ApiToken {
  const { id, operator, label, roles, readOnly, createdAtMs, untilMs, revoked } = token;
  return {
    id,
    operator,
    label,
    roles: [...roles],
    readOnly,
    createdAt: formatInstant(createdAtMs),
    expiresAt: formatInstant(untilMs),
    lastUsedAt: lastUsedAt === null ? null : formatInstant(lastUsedAt.getTime()),
    state: revoked ? "revoked" : untilMs <= nowMs ? "expired" : "active",
  };
}
