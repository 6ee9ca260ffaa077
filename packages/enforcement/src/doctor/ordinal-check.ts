import type { ClaimReading } from "./claim-reading.ts";
import { share, type Finding } from "./finding.ts";
import type { TokenSample } from "./token-sample.ts";

/** Whether bundles built `--by ordinal` would find their accounts. Something to know: bundles by account need none. */
export function ordinalCheck(people: readonly TokenSample[], reading: ClaimReading): Finding {
  const ordinals = new Map<string, unknown>();
  let present = 0;
  let wrong = 0;
  let changing = 0;
  for (const { claims } of people) {
    const value = reading.value(claims, "ordinal");
    if (value === undefined) continue;
    present++;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) wrong++;
    const account = reading.text(claims, "account") ?? "";
    if (ordinals.has(account) && ordinals.get(account) !== value) changing++;
    ordinals.set(account, value);
  }
  const twice = present - wrong > 0 && new Set(ordinals.values()).size < ordinals.size;
  const good = wrong === 0 && changing === 0 && !twice;
  return {
    check: "ordinal",
    verdict: good ? "works" : "fails",
    measures: good ? [] : ["reauthenticate", "change_password", "upgrade", "redownload", "refuse_client"],
    text:
      present === 0
        ? "no token carries the account's ordinal: build bundles by account (the default)"
        : `${share(present, people.length)} tokens carry the account's ordinal` +
          (wrong === 0 ? "" : `; ${wrong} of them are no whole number from 0`) +
          (changing === 0 ? "" : `; ${changing} tokens say another one than their account's earlier token`) +
          (twice ? "; accounts share one" : ""),
    evidence: { tokens: people.length, present, wrong, changing, shared: Number(twice) },
    change: good
      ? null
      : "an ordinal is one account's for ever: take it from the imported directory, or leave the claim out",
  };
}
