import { appStores, platforms } from "@cordon/model";
import type { MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import { storeStatement } from "../message/measure-statements.ts";
import { say, type Statement } from "../message/statement.ts";

/** One line of "choose your app and store". */
export type AppChoice = {
  readonly platform: string;
  /** Null where the platform has one way to get the app; `unknown` for another place. */
  readonly store: string | null;
  /** What its user does; empty for nothing. */
  readonly asked: readonly Statement[];
};

/** From where people get the app on a platform, as far as the measures tell stores apart there. */
function storesOn(platform: string, facts: NoticeFacts): (string | null)[] {
  const named = new Set<string>();
  for (const measure of facts.measures) {
    if (!isOn(measure, platform)) continue;
    if (measure.measure === "upgrade") for (const { store } of measure.stores) named.add(store);
    if (measure.measure === "refuse_client") for (const store of measure.trusted) named.add(store);
  }
  if (named.size === 0) return [null];
  const known = appStores.filter((store) => store !== "unknown" && named.has(store));
  const others = [...named].filter((store) => !appStores.some((one) => one === store));
  return [...known, ...others, "unknown"];
}

function isOn({ platforms: on }: MeasureFact, platform: string): boolean {
  return on === null || on.includes(platform);
}

/** Every platform of the directory and every one that a measure names, by store where stores make a difference. */
export function appChoices(facts: NoticeFacts): AppChoice[] {
  const named = facts.measures.flatMap((measure) => measure.platforms ?? []);
  const all = [...new Set<string>([...platforms, ...named])];
  return all.flatMap((platform) =>
    storesOn(platform, facts).map((store) => ({
      platform,
      store,
      asked: facts.measures
        .filter((measure) => measure.concerns !== "affected" && isOn(measure, platform))
        .flatMap((measure) => asked(measure, store, facts)),
    })),
  );
}

function asked(measure: MeasureFact, store: string | null, facts: NoticeFacts): Statement[] {
  const certain = measure.concerns === "certain";
  switch (measure.measure) {
    case "reauthenticate":
      return [
        certain
          ? say("reauthenticate", measure.because === "precaution" ? "signInCertain" : "signInExposed", {})
          : say("reauthenticate", "signIn", {}),
      ];
    case "change_password":
      return [say("change_password", certain ? "newPasswordCertain" : "newPassword", {})];
    case "upgrade": {
      const asks = say("upgrade", certain ? "upgradeCertain" : "upgrade", { below: { text: measure.below } });
      const there = measure.stores.filter((one) => store === null || one.store === store);
      // Whoever has the app from another place has no store to update it from.
      if (store === "unknown") return [];
      return [asks, ...there.map((one) => storeStatement(one, facts))];
    }
    case "redownload":
      return [say("redownload", certain ? "redownloadCertain" : "redownload", {})];
    case "refuse_client":
      return store === "unknown" && measure.trusted.length > 0
        ? [
            say("refuse_client", "trustedPlaces", {
              stores: { stores: measure.trusted, service: facts.service },
            }),
          ]
        : [];
  }
}
