import { parseVersion } from "@cordon/gate";
import type { KnownClient } from "../token/claim-mapping.ts";
import type { ClaimReading } from "./claim-reading.ts";
import { share, verdictOfShare, type ExaminedMeasure, type Finding, type Verdict } from "./finding.ts";
import type { TokenSample } from "./token-sample.ts";

interface PartCheck {
  readonly part: keyof KnownClient;
  readonly measures: readonly ExaminedMeasure[];
  readonly change: string;
}

const checks: readonly PartCheck[] = [
  {
    part: "platform",
    measures: ["upgrade", "refuse_client"],
    change:
      "register one OAuth client per platform and give --clients, or add a claim; a rule on a platform matches nobody without one",
  },
  {
    part: "store",
    measures: ["upgrade", "refuse_client"],
    change:
      "register one OAuth client per store, or take it from an attestation; without it no upgrade is ever required and every rule on trusted stores refuses",
  },
  {
    part: "version",
    measures: ["upgrade"],
    change:
      "take the version from an attestation or let the app send it at sign-in and refresh; without it every installation counts as below any version, for good",
  },
];

/** Whether tokens, by their client or their claims, say what app they were given to. */
export function clientChecks(people: readonly TokenSample[], reading: ClaimReading): readonly Finding[] {
  const clients = people.map((sample) => reading.client(sample));
  return checks.map(({ part, measures, change }) => {
    const values = clients.map((client) => client[part]).filter((value) => value !== null);
    const good = part === "version" ? values.filter((value) => parseVersion(value) !== null) : values;
    const verdict: Verdict = verdictOfShare(good.length, people.length);
    const unreadable = values.length - good.length;
    return {
      check: `client-${part}`,
      verdict,
      measures,
      text:
        `${share(good.length, people.length)} tokens name the ${part} of their app` +
        (good.length === 0 ? "" : ` (${new Set(good).size} distinct)`) +
        (unreadable === 0 ? "" : `; ${unreadable} name a version that is none`),
      evidence: { tokens: people.length, named: good.length, distinct: new Set(good).size, unreadable },
      change: verdict === "works" ? null : change,
    };
  });
}
