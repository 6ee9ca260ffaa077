import type { Account as OidcAccount } from "oidc-provider";

import type { Account } from "../accounts/accounts.ts";

/** An account as oidc-provider hands it about. */
interface OvertureOidcAccount extends OidcAccount {
  readonly passwordSetAtMs: number;
}

export function oidcAccount(account: Account): OvertureOidcAccount {
  return {
    accountId: account.id,
    passwordSetAtMs: account.passwordSetAtMs,
    claims: () => ({ sub: account.id }),
  };
}

/** When the account's password was set; throws for an account that `oidcAccount` did not make. */
export function passwordSetAtMsOf(account: OidcAccount | undefined): number {
  const passwordSetAtMs = account?.["passwordSetAtMs"];
  if (typeof passwordSetAtMs !== "number")
    throw new TypeError("a token is being issued for no account of Overture");
  return passwordSetAtMs;
}
