import { everyone, type CutoffRule, type Policy, type RefuseClientRule, type Rule } from "@cordon/gate";
import { signInCounts } from "./auth-time-checks.ts";
import { authTimeState, countsAsMissing, issuedSeconds } from "./auth-time.ts";
import { ClaimReading, type ClaimNames, type ClientTable } from "./claim-reading.ts";
import { asTimeMs } from "../token/claim-mapping.ts";
import { share } from "./finding.ts";
import { tokenPairs } from "./token-pairs.ts";
import type { TokenSample } from "./token-sample.ts";

/** The tokens issued this long before the newest one say which keys sign now. */
const newestSeconds = 900;

/** A rule that some or all of those it is for can never satisfy. */
export interface LockOut {
  /** Its place in the policy. */
  readonly index: number;
  readonly rule: string;
  /** Nobody it is for gets out by doing what they are told. */
  readonly everybody: boolean;
  readonly text: string;
}

/** Lock-outs that the policy alone makes certain: no store is trusted by every rule that is for all clients. */
export function certainLockOuts({ rules }: Policy): readonly LockOut[] {
  const refusing = rules.filter(
    (rule): rule is RefuseClientRule =>
      rule.measure === "refuse_client" &&
      rule.where.platform === null &&
      rule.where.store === null &&
      (rule.cohort === null || rule.cohort === everyone),
  );
  const last = refusing.at(-1);
  if (last === undefined) return [];
  const trusted = [...last.trusted].filter((store) => refusing.every((rule) => rule.trusted.has(store)));
  if (trusted.length > 0) return [];
  const text = "refuses every app there is: no store is trusted on any platform";
  return [{ index: rules.indexOf(last), rule: last.id, everybody: true, text }];
}

/** Lock-outs that a service's own tokens show. */
export function lockOutsByTokens(
  policy: Policy,
  samples: readonly TokenSample[],
  { names, clients }: { readonly names: ClaimNames; readonly clients: ClientTable },
): readonly LockOut[] {
  const reading = new ClaimReading(names, clients);
  const people = samples.filter((sample) => !reading.isMachine(sample));
  return policy.rules.flatMap((rule, index) => {
    if (rule.measure !== "reauthenticate" && rule.measure !== "change_password") return [];
    const meant = people.filter((sample) => isMeant(rule, sample, reading));
    const found =
      rule.keys !== null
        ? byKey(rule.keys, samples)
        : rule.measure === "reauthenticate"
          ? byAuthTime(rule, meant, reading)
          : byPassword(rule, meant, reading);
    return found === null ? [] : [{ index, rule: rule.id, ...found }];
  });
}

type Found = Pick<LockOut, "everybody" | "text"> | null;

/** By platform and store; who is in a cohort is not asked: whoever is in it has such a token. */
function isMeant({ where }: Rule, sample: TokenSample, reading: ClaimReading): boolean {
  const { platform, store } = reading.client(sample);
  if (where.platform !== null && (platform === null || !where.platform.has(platform))) return false;
  return where.store === null || where.store.has(store ?? "unknown");
}

function byAuthTime(rule: CutoffRule, meant: readonly TokenSample[], reading: ClaimReading): Found {
  const lacking = meant.filter((sample) => countsAsMissing(authTimeState(sample, reading))).length;
  if (lacking > 0 && rule.onMissing === "apply") {
    const name = reading.wanted("authTime");
    return {
      everybody: lacking === meant.length,
      text: `asks whoever lacks \`${name}\` to sign in for ever: ${share(lacking, meant.length)} tokens lack it or say it in no way that a gate reads`,
    };
  }
  const { told, renewed } = signInCounts(tokenPairs(meant, reading), reading);
  if (renewed === told) return null;
  return {
    everybody: renewed === 0,
    text: `is not satisfied by signing in: after ${share(told - renewed, told)} sign-ins \`auth_time\` is what it was`,
  };
}

function byPassword(rule: CutoffRule, meant: readonly TokenSample[], reading: ClaimReading): Found {
  if (rule.onMissing === "ignore") return null;
  const lacking = meant.filter(
    ({ claims }) => asTimeMs(reading.value(claims, "passwordSetAt")) === null,
  ).length;
  if (lacking === 0) return null;
  // A service may know the time without the token, so this is never certain.
  return {
    everybody: false,
    text: `asks for new passwords for ever unless the service looks up when they were set: ${share(lacking, meant.length)} tokens do not say it`,
  };
}

function byKey(keys: ReadonlySet<string>, samples: readonly TokenSample[]): Found {
  const named = samples.filter(({ keyId }) => keyId !== null);
  const newest = Math.max(...named.map((sample) => issuedSeconds(sample) ?? -Infinity));
  const recent = named.filter((sample) => (issuedSeconds(sample) ?? -Infinity) >= newest - newestSeconds);
  const signed = recent.filter(({ keyId }) => keyId !== null && keys.has(keyId)).length;
  if (signed === 0) return null;
  return {
    everybody: signed === recent.length,
    text: `names a key that still signs: ${share(signed, recent.length)} newest tokens are by it; rotate it first`,
  };
}
