import type { AccountExplanation, ExplainAccount } from "@cordon/contract";
import { formatInstant, parseInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";
import { accountMeasures } from "./account-measures.ts";
import { accountNotices } from "./account-notices.ts";
import { accountReads } from "./account-reads.ts";
import { plainWords } from "./plain-words.ts";

/**
 * Everything about one account, for somebody who asks the support desk: what of theirs was read, what they meet and why,
 * which messages went to them. An id that nobody knows is answered too: it may stand in the evidence all the same.
 */
export async function explainAccount(plane: Plane, body: ExplainAccount): Promise<AccountExplanation> {
  const { account } = body;
  await plane.record.catchUp();
  const nowMs = plane.clock();
  const state = await plane.directory.state();
  const known = state === null ? null : await plane.directory.directory.account(account);
  const reads: AccountExplanation["reads"] = [];
  const notices: AccountExplanation["notices"] = [];
  for (const incident of plane.record.incidents()) {
    const asked = { account, createdAtMs: known?.createdAtMs ?? null, withEvents: body.events ?? false };
    reads.push(...(await accountReads(plane, incident, asked)));
    notices.push(...(await accountNotices(plane, incident, { account, ordinal: known?.ordinal ?? null })));
  }
  const authTimeMs = body.authTime === undefined ? null : parseInstant(body.authTime);
  const explained = {
    account,
    directory: {
      asOf: state?.asOf ?? null,
      known: known !== null,
      createdAt: instantOrNull(known?.createdAtMs ?? null),
      leftAt: instantOrNull(known?.leftAtMs ?? null),
      market: known?.market ?? null,
      locale: known?.locale ?? null,
      installations: (known?.installations ?? []).map(({ platform, store, version }) => ({
        platform,
        store,
        version,
      })),
    },
    reads,
    bundleVersion: plane.bundles.served?.version ?? null,
    decidedAt: formatInstant(nowMs),
    measures: [...accountMeasures(plane, { account, known, authTimeMs, nowMs })],
    notices,
  };
  return { ...explained, tell: plainWords(explained) };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}
