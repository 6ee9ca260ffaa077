import { decide, type CompiledPolicy, type Policy } from "@cordon/gate";
import type { TrafficRequest } from "../../src/traffic/traffic-request.ts";

/** What one request did, as a list of plain facts: slow, and nothing like the simulation. */
export interface Fact {
  readonly atMs: number;
  readonly account: string | null;
  readonly installation: string;
  readonly platform: string | null;
  readonly store: string;
  readonly allow: boolean;
  readonly directives: readonly {
    readonly measure: string;
    readonly rule: string;
    readonly required: boolean;
    readonly available?: false;
  }[];
  readonly signIn: boolean;
  readonly passwordChange: boolean;
  readonly redownload: boolean;
}

/** Plays the log by a plain map of what each installation and account has done. */
export function playByHand(
  log: readonly TrafficRequest[],
  { policy, compiled }: { readonly policy: Policy; readonly compiled: CompiledPolicy },
  comply: boolean,
): readonly Fact[] {
  const done = new Map<string, number>();
  return log.map(({ atMs, installation, request }) => {
    const { account, platform, store } = request;
    const name = `${account} / ${installation ?? `${platform} ${store}`}`;
    const signedIn = done.get(`in ${name}`) ?? -1;
    const newPassword = done.get(`password ${account}`) ?? -1;
    const newer = signedIn > (request.authTimeMs ?? -1);
    const now = {
      ...request,
      authTimeMs: newer ? signedIn : request.authTimeMs,
      keyId: newer ? null : request.keyId,
      passwordSetAtMs: newPassword > (request.passwordSetAtMs ?? -1) ? newPassword : request.passwordSetAtMs,
      offlineEpoch: Math.max(request.offlineEpoch, done.get(`epoch ${name}`) ?? 0),
    };
    const { allow, directives } = decide(compiled, now, atMs);
    const obeys =
      comply && account !== null && !directives.some(({ measure }) => measure === "refuse_client");
    const told = (measure: string) => directives.find((directive) => directive.measure === measure);
    if (obeys && told("reauthenticate")) done.set(`in ${name}`, atMs);
    if (obeys && told("change_password")) done.set(`password ${account}`, atMs);
    const rule = policy.rules.find(({ id }) => id === told("redownload")?.rule);
    if (obeys && rule?.measure === "redownload") done.set(`epoch ${name}`, rule.epoch);
    return {
      atMs,
      account,
      installation: name,
      platform,
      store,
      allow,
      directives,
      signIn: obeys && told("reauthenticate") !== undefined,
      passwordChange: obeys && told("change_password") !== undefined,
      redownload: obeys && told("redownload") !== undefined,
    };
  });
}

/** Requests, distinct accounts and distinct installations of some facts. */
export function count(facts: readonly Fact[]) {
  const people = facts.filter(({ account }) => account !== null);
  return {
    requests: facts.length,
    accounts: new Set(people.map(({ account }) => account)).size,
    installations: new Set(people.map(({ installation }) => installation)).size,
  };
}
