import type { ApiToken } from "@cordon/contract";
import type { OperatorDoor } from "./operator-door.ts";
import { tokenView } from "./token-view.ts";

/** The newest first; revoked and expired ones too. */
export async function listTokens(door: OperatorDoor, operator: string): Promise<readonly ApiToken[]> {
  const tokens = (await door.register.current()).tokensOf(operator);
  if (tokens.length === 0) return [];
  const ids = tokens.map(({ id }) => id);
  const rows = await door.db
    .selectFrom("operators.token_use")
    .selectAll()
    .where("token_id", "in", ids)
    .execute();
  const uses = new Map(rows.map((row) => [row.token_id, row.last_used_at]));
  const nowMs = door.clock();
  return tokens.toReversed().map((token) => tokenView(token, uses.get(token.id) ?? null, nowMs));
}
