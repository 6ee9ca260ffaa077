import { parseInstant } from "@cordon/model";
import type { Audience, MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import type { Block, Sentence } from "./composed-notice.ts";
import type { Phrases } from "./phrases.ts";

type Upgrade = Extract<MeasureFact, { measure: "upgrade" }>;

/** Measures that may meet a reader of this audience. */
export function measuresFor(facts: NoticeFacts, audience: Audience): readonly MeasureFact[] {
  return facts.measures.filter((measure) => measure.concerns !== "affected" || audience === "affected");
}

/** What is asked of the reader: a list for each measure in force. */
export function measureBlocks(facts: NoticeFacts, audience: Audience, phrases: Phrases): Block[] {
  const measures = measuresFor(facts, audience);
  return measures
    .filter((measure) => !isSaidAlready(measure, measures))
    .map((measure) => ({ kind: "list", items: sentences(measure, facts, phrases) }));
}

/** A measure for certain users says nothing new to a reader whom the same measure concerns for sure. */
function isSaidAlready(measure: MeasureFact, all: readonly MeasureFact[]): boolean {
  if (measure.concerns !== "certain") return false;
  if (measure.measure !== "reauthenticate" && measure.measure !== "change_password") return false;
  return all.some(
    (other) => other.measure === measure.measure && other.concerns !== "certain" && other.platforms === null,
  );
}

function sentences(measure: MeasureFact, facts: NoticeFacts, phrases: Phrases): Sentence[] {
  const surely = measure.concerns !== "certain";
  const platforms = measure.platforms === null ? null : phrases.list(measure.platforms.map(phrases.platform));
  switch (measure.measure) {
    case "reauthenticate":
      return [
        {
          fact: "reauthenticate",
          text: surely
            ? phrases.signInAll(measure.spreadMs)
            : phrases.signInCertain(measure.spreadMs, measure.because),
        },
        { fact: "reauthenticate", text: phrases.signInWherever(platforms) },
      ];
    case "change_password":
      return [
        {
          fact: "change_password",
          text: surely
            ? phrases.newPasswordAll(measure.spreadMs)
            : phrases.newPasswordCertain(measure.spreadMs),
        },
      ];
    case "upgrade":
      return upgradeSentences(measure, platforms, facts, phrases);
    case "redownload":
      return [
        { fact: "redownload", text: phrases.redownload(platforms, surely ? "all" : "certain") },
        { fact: "redownload", text: phrases.sorry },
      ];
    case "refuse_client": {
      const places = measure.trusted.map((store) => phrases.store(store, facts.service));
      return places.length === 0
        ? []
        : [{ fact: "refuse_client", text: phrases.trustedPlaces(platforms, phrases.list(places)) }];
    }
  }
}

/** What to do hangs on the store: a reader is never sent to a store that does not have the new version yet. */
function upgradeSentences(
  measure: Upgrade,
  platforms: string | null,
  facts: NoticeFacts,
  phrases: Phrases,
): Sentence[] {
  const concerns = measure.concerns === "certain" ? "certain" : "all";
  const said: Sentence[] = [{ fact: "upgrade", text: phrases.upgrade(platforms, measure.below, concerns) }];
  const asOfMs = parseInstant(facts.asOf);
  for (const { store, available, link } of measure.stores) {
    const name = phrases.store(store, facts.service);
    const availableMs = available === null ? null : parseInstant(available);
    const there = availableMs !== null && asOfMs !== null && availableMs <= asOfMs;
    said.push({
      fact: "upgrade",
      text: there ? phrases.upgradeFromStore(name, link) : phrases.upgradeFromStoreLater(name, available),
    });
  }
  if (measure.required !== null)
    said.push({ fact: "upgrade", text: phrases.upgradeRequired(measure.required) });
  return said;
}
