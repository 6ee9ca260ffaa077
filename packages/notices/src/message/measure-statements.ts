import { parseInstant } from "@cordon/model";
import { hasDuty, type Reader } from "../audiences/reader.ts";
import type { Audience, MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import type { CompositionBlock } from "./composed-notice.ts";
import { say, type Statement } from "./statement.ts";

type Upgrade = Extract<MeasureFact, { measure: "upgrade" }>;
type OfSessions = Extract<MeasureFact, { measure: "reauthenticate" | "change_password" }>;

const hourMs = 3_600_000;

/** Measures that may meet a reader of this audience. */
export function measuresFor(facts: NoticeFacts, audience: Audience): readonly MeasureFact[] {
  return facts.measures.filter((measure) => measure.concerns !== "affected" || audience === "affected");
}

/** What is asked of the reader: a list for each measure in force. One person with two duties is told both in one message. */
export function measureBlocks(facts: NoticeFacts, audience: Audience, reader: Reader): CompositionBlock[] {
  const measures = measuresFor(facts, audience);
  return measures
    .filter((measure) => !isSaidAlready(measure, measures, facts, reader))
    .map((measure) => ({ kind: "list", items: measureStatements(measure, facts, reader) }));
}

/** A measure for certain users says nothing new to a reader whom the same measure concerns for sure. */
function isSaidAlready(
  measure: MeasureFact,
  all: readonly MeasureFact[],
  facts: NoticeFacts,
  reader: Reader,
): boolean {
  if (measure.measure !== "reauthenticate" && measure.measure !== "change_password") return false;
  if (isSure(measure, facts, reader) && measure.platforms === null) {
    // Asked of the same reader twice, everywhere: the soonest stands.
    const [soonest] = all
      .filter(
        (other): other is OfSessions =>
          other.measure === measure.measure && other.platforms === null && isSure(other, facts, reader),
      )
      .toSorted((a, b) => (a.spreadMs ?? 0) - (b.spreadMs ?? 0));
    return soonest !== measure;
  }
  return all.some(
    (other) =>
      other !== measure &&
      other.measure === measure.measure &&
      isSure(other, facts, reader) &&
      other.platforms === null,
  );
}

/** Whether this reader meets it, whatever else they do. */
function isSure(measure: MeasureFact, facts: NoticeFacts, reader: Reader): boolean {
  return measure.concerns !== "certain" || hasDuty(reader, facts.measures.indexOf(measure));
}

function measureStatements(measure: MeasureFact, facts: NoticeFacts, reader: Reader): Statement[] {
  const sure = isSure(measure, facts, reader);
  switch (measure.measure) {
    case "reauthenticate":
      return [signIn(measure, sure), where(measure)];
    case "change_password":
      return [newPassword(measure, sure)];
    case "upgrade":
      return upgradeStatements(measure, facts, reader);
    case "redownload": {
      const mine = hasDuty(reader, facts.measures.indexOf(measure));
      return [redownload(measure, mine), say("redownload", "sorry", {})];
    }
    case "refuse_client":
      return trusted(measure, facts, reader);
  }
}

function signIn({ spreadMs, because }: OfSessions, sure: boolean): Statement {
  const key = sure ? "signIn" : because === "precaution" ? "signInCertain" : "signInExposed";
  return spreadMs === null || spreadMs < hourMs
    ? say("reauthenticate", key, {})
    : say("reauthenticate", `${key}Over`, { within: { spreadMs } });
}

function where({ platforms }: OfSessions): Statement {
  return platforms === null
    ? say("reauthenticate", "signInAnywhere", {})
    : say("reauthenticate", "signInOnPlatforms", { platforms: { platforms } });
}

function newPassword({ spreadMs }: OfSessions, sure: boolean): Statement {
  const key = sure ? "newPassword" : "newPasswordCertain";
  return spreadMs === null || spreadMs < hourMs
    ? say("change_password", key, {})
    : say("change_password", `${key}Over`, { within: { spreadMs } });
}

/** What to do hangs on the store: a reader is never sent to a store that does not have the new version yet. */
function upgradeStatements(measure: Upgrade, facts: NoticeFacts, reader: Reader): Statement[] {
  const index = facts.measures.indexOf(measure);
  const mine =
    reader?.duties.filter((duty) => duty.measure === index).flatMap(({ store }) => store ?? []) ?? [];
  const below = { text: measure.below };
  const said: Statement[] = [];
  for (const store of mine) {
    said.push(
      say("upgrade", "upgradeYours", {
        store: { store, service: facts.service },
        below,
        at: { at: reader?.asOf ?? facts.asOf },
      }),
    );
  }
  if (mine.length === 0) said.push(upgradeIf(measure));
  // Whose store is known is told of that one alone.
  const stores =
    mine.length === 0 ? measure.stores : measure.stores.filter(({ store }) => mine.includes(store));
  said.push(...stores.map((store) => storeStatement(store, facts)));
  if (measure.required !== null) {
    said.push(say("upgrade", "upgradeRequired", { at: { at: measure.required } }));
  }
  return said;
}

function upgradeIf({ concerns, platforms, below }: Upgrade): Statement {
  const key = concerns === "certain" ? "upgradeCertain" : "upgrade";
  return platforms === null
    ? say("upgrade", key, { below: { text: below } })
    : say("upgrade", `${key}On`, { platforms: { platforms }, below: { text: below } });
}

export function storeStatement(
  { store: name, available, link }: Upgrade["stores"][number],
  facts: NoticeFacts,
): Statement {
  const store = { store: name, service: facts.service };
  const asOfMs = parseInstant(facts.asOf);
  const availableMs = available === null ? null : parseInstant(available);
  if (availableMs === null || available === null) return say("upgrade", "upgradeNotYet", { store });
  if (asOfMs === null || availableMs > asOfMs) {
    return say("upgrade", "upgradeLater", { store, at: { at: available } });
  }
  return link === null
    ? say("upgrade", "upgradeThere", { store })
    : say("upgrade", "upgradeThereLink", { store, link: { link } });
}

function redownload(measure: Extract<MeasureFact, { measure: "redownload" }>, mine: boolean): Statement {
  if (mine) return say("redownload", "redownloadYours", {});
  const key = measure.concerns === "certain" ? "redownloadCertain" : "redownload";
  return measure.platforms === null
    ? say("redownload", key, {})
    : say("redownload", `${key}On`, { platforms: { platforms: measure.platforms } });
}

function trusted(
  measure: Extract<MeasureFact, { measure: "refuse_client" }>,
  facts: NoticeFacts,
  reader: Reader,
): Statement[] {
  if (measure.trusted.length === 0) return [];
  const stores = { stores: measure.trusted, service: facts.service };
  if (reader !== null && hasDuty(reader, facts.measures.indexOf(measure))) {
    return [say("refuse_client", "untrustedYours", { at: { at: reader.asOf }, stores })];
  }
  return [
    measure.platforms === null
      ? say("refuse_client", "trustedPlaces", { stores })
      : say("refuse_client", "trustedPlacesOn", { platforms: { platforms: measure.platforms }, stores }),
  ];
}
