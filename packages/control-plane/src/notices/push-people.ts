import type { Directory } from "@cordon/lake";
import type { DeliveryLedger } from "@cordon/notices";
import type { Incident } from "@cordon/response";
import { whoGotIt } from "./correction.ts";
import type { NoticeWords } from "./notice-words.ts";
import type { PushSubscriptions } from "./push-subscriptions.ts";
import { recipientPages, type Recipients } from "./recipients.ts";

interface PushPeople {
  readonly affected: readonly number[];
  readonly general: AsyncIterable<readonly number[]>;
}

/**
 * Who of a notice's recipients is pushed to: those with a browser that subscribed. A correction goes to those whose message it corrects, and
 * to everybody whom the corrected edition was pushed to.
 */
export async function pushPeople(
  context: {
    readonly directory: Directory;
    readonly ledger: DeliveryLedger;
    readonly incident: Incident;
    readonly words: NoticeWords;
  },
  recipients: Recipients,
  subscriptions: PushSubscriptions,
): Promise<PushPeople> {
  const { directory, ledger, incident, words } = context;
  const affected = new Set(recipients.affected);
  const told = words.correction === null ? null : new Set<number>();
  if (words.correction !== null && told !== null) {
    for await (const batch of whoGotIt(ledger, incident, words.correction))
      for (const ordinal of batch) told.add(ordinal);
    const pushed = await ledger.find(incident.incidentId, words.correction.edition, "push");
    if (pushed !== null) {
      const texts = (await ledger.statementSets(pushed.noticeNo)).map(({ digest }) => digest);
      for await (const { got, mayHave } of ledger.whoGot(pushed.noticeNo, texts))
        for (const ordinal of [...got, ...mayHave]) told.add(ordinal);
    }
  }
  const subscribed = async function* (wanted: (ordinal: number) => boolean): AsyncGenerator<number[]> {
    for await (const page of recipientPages(directory, recipients))
      yield page
        .filter(({ ordinal, accountId }) => subscriptions.has(accountId) && wanted(ordinal))
        .map(({ ordinal }) => ordinal);
  };
  const first: number[] = [];
  if (affected.size > 0)
    for await (const batch of subscribed((ordinal) => affected.has(ordinal))) first.push(...batch);
  return {
    affected: first,
    general: subscribed((ordinal) => !affected.has(ordinal) && (told === null || told.has(ordinal))),
  };
}
