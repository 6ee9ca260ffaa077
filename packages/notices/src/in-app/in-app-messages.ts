import type { MeasureFact, NoticeFacts } from "../facts/notice-facts.ts";
import type { Language } from "../locales/language.ts";
import { storeStatement } from "../message/measure-statements.ts";
import { say, type Statement } from "../message/statement.ts";

/** What an app shows for one directive. */
export type InAppMessage = {
  readonly title: string;
  readonly text: string;
  /** A picture that the service hosts beside its app; null where there is none. */
  readonly picture: { readonly url: string; readonly alt: string } | null;
  /** `link` is null where the app itself acts (sign in, choose a password). */
  readonly button: { readonly label: string; readonly link: string | null } | null;
};

/**
 * A directive's texts in one language, by measure; `upgrade` also by store. A static file beside the advisory: it says nothing
 * about anybody, and an app looks up in it what its OFREP answer tells it to do.
 */
export type InAppMessages = {
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  readonly reference: string;
  readonly messages: Readonly<Record<string, InAppMessage>>;
};

type Pictures = { readonly newVersion: string | null };

export function inAppMessages(
  facts: NoticeFacts,
  language: Language,
  pictures: Pictures = { newVersion: null },
): InAppMessages {
  const messages: Record<string, InAppMessage> = {};
  for (const measure of facts.measures) {
    for (const [key, message] of ofMeasure(measure, facts, language, pictures)) messages[key] ??= message;
  }
  const { locale, direction } = language;
  return { locale, direction, reference: facts.reference, messages };
}

function ofMeasure(
  measure: MeasureFact,
  facts: NoticeFacts,
  language: Language,
  { newVersion }: Pictures,
): [string, InAppMessage][] {
  const { service } = facts;
  const title = language.label("appTitle");
  const message = (
    said: readonly Statement[],
    button: InAppMessage["button"],
    picture: InAppMessage["picture"] = null,
  ): InAppMessage => ({ title, text: said.map((one) => language.say(one)).join(" "), picture, button });
  const more =
    facts.publicPage === null ? null : { label: language.label("appButtonMore"), link: facts.publicPage };
  switch (measure.measure) {
    case "reauthenticate":
      return [
        [
          "reauthenticate",
          message([say("reauthenticate", "signIn", {})], {
            label: language.label("appButtonSignIn"),
            link: null,
          }),
        ],
      ];
    case "change_password":
      return [
        [
          "change_password",
          message([say("change_password", "newPassword", {})], {
            label: language.label("appButtonPassword"),
            link: null,
          }),
        ],
      ];
    case "upgrade": {
      const asked = say("upgrade", "upgrade", { below: { text: measure.below } });
      const picture =
        newVersion === null
          ? null
          : { url: newVersion, alt: language.label("appPicture", { service: { text: service } }) };
      const stores = measure.stores.map((store): [string, InAppMessage] => {
        const there = storeStatement(store, facts);
        const isThere = there.key === "upgradeThere" || there.key === "upgradeThereLink";
        const label = language.label("appButton", { store: { store: store.store, service } });
        const button = isThere && store.link !== null ? { label, link: store.link } : null;
        // The button has the link: the text need not repeat it.
        const words = isThere
          ? say("upgrade", "upgradeThere", { store: { store: store.store, service } })
          : there;
        return [`upgrade:${store.store}`, message([asked, words], button, picture)];
      });
      return [...stores, ["upgrade", message([asked], more, picture)]];
    }
    case "redownload":
      return [
        [
          "redownload",
          message([say("redownload", "redownloadYours", {}), say("redownload", "sorry", {})], more),
        ],
      ];
    case "refuse_client":
      return [
        [
          "refuse_client",
          message(
            [say("refuse_client", "trustedPlaces", { stores: { stores: measure.trusted, service } })],
            more,
          ),
        ],
      ];
  }
}
