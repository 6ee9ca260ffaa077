import type { Role } from "@cordon/response";
import type { Caller } from "./caller.ts";
import { ControlPlaneError } from "./errors.ts";
import type { Plane } from "./plane.ts";

/**
 * For what is decided before, or beside, an incident. `granted`: roles that an incident gives. Throws ERR_PLANE_ROLE unless the caller
 * has one of the roles now.
 */
export async function requireCallerRole(
  plane: Plane,
  { operator, scope }: Caller,
  needed: readonly Role[],
  what: string,
  granted: ReadonlyMap<string, readonly Role[]> = new Map(),
): Promise<void> {
  const has = [...((await plane.operators.roles()).get(operator) ?? []), ...(granted.get(operator) ?? [])];
  if (needed.some((role) => has.includes(role) && (scope?.includes(role) ?? true))) return;
  throw new ControlPlaneError(
    "ERR_PLANE_ROLE",
    `\`${operator}\` may not ${what}: only ${needed.join(" or ")} may`,
  );
}
