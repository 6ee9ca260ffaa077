import { identityByHeaders, identityByToken, JwtReader, TokenKeys } from "@cordon/enforcement";
import type { EnforcementPoint, IdentityReader } from "@cordon/enforcement";

import { CliError } from "../cli-error.ts";
import type { GateConfig } from "./gate-config.ts";
import type { GateTokens } from "./identity-config.ts";

/** How the gate finds out whose request it is, ready to be asked: the token's keys were read once, if they could be. */
export async function gateIdentity(
  { identity }: GateConfig,
  point: EnforcementPoint,
  given: { readonly nowMs: () => number; readonly onNote: (note: string) => void },
): Promise<IdentityReader> {
  const count = (name: string): void => point.counters.count(name);
  if (identity === null) {
    throw new CliError(
      "ERR_CLI_USAGE",
      "nothing says whose a request is, expected `token` or `identityHeaders`",
    );
  }
  if (identity.kind === "headers") {
    return identityByHeaders({ names: identity.names, clientHeaders: identity.clientHeaders, count });
  }
  const keys = tokenKeys(identity, count, given);
  await keys.start();
  const { issuer, audience, algorithms, clockToleranceMs, type, places, mapping, clientHeaders } = identity;
  const reader = new JwtReader({
    keys,
    issuer,
    audience,
    algorithms,
    clockToleranceMs,
    type,
    nowMs: given.nowMs,
  });
  return identityByToken({ reader, places, mapping, clientHeaders, count });
}

function tokenKeys(
  { jwks, cacheMs, keptMs, cooldownMs, timeoutMs }: GateTokens,
  count: (name: string) => void,
  { nowMs, onNote }: { readonly nowMs: () => number; readonly onNote: (note: string) => void },
): TokenKeys {
  if (jwks.kind === "url" && jwks.url.startsWith("http:")) {
    onNote("the keys of tokens come over plain http: whoever stands between can make tokens");
  }
  return new TokenKeys({
    source: jwks,
    cacheMs,
    keptMs,
    cooldownMs,
    timeoutMs,
    nowMs,
    onFailure: (error) => {
      count("token.keys-failed");
      onNote(`the keys of tokens can't be read: ${error instanceof Error ? error.message : "unknown"}`);
    },
  });
}
