import { advisoryFiles } from "../advisory/advisory.ts";
import { composeAuthorityForm } from "../audiences/compose-authority-form.ts";
import { composePress } from "../audiences/compose-press.ts";
import { composeSupportScript } from "../audiences/compose-support-script.ts";
import { possibleDuties, type Reader } from "../audiences/reader.ts";
import { checkFacts } from "../facts/check-facts.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { inAppMessages } from "../in-app/in-app-messages.ts";
import { pushPayload } from "../in-app/push-payload.ts";
import { webhookEvent } from "../in-app/webhook-event.ts";
import { languageOf, locales } from "../locales/languages.ts";
import { composeAffected } from "../message/compose-affected.ts";
import { composeGeneral } from "../message/compose-general.ts";
import type { Composition } from "../message/composed-notice.ts";
import { escapeMarkup } from "../message/escape.ts";
import { htmlPart } from "../message/html-part.ts";
import { htmlSkeleton } from "../message/html-skeleton.ts";
import { textPart } from "../message/text-part.ts";
import { wordNotice } from "../message/word-notice.ts";

/** One audience's view of one channel in one language. */
export type Preview = {
  readonly audience: string;
  readonly channel: string;
  readonly locale: string;
  readonly text: string;
  /** What a browser shows; null where text is all there is. */
  readonly html: string | null;
};

export type PreviewRequest = {
  readonly facts: NoticeFacts;
  readonly edition: number;
  readonly affectedPlanned: number;
  /** Left out: all that are written. */
  readonly locales?: readonly string[];
};

/**
 * Every audience in every channel that it is told by, in every language: what people will see, before anybody approves it.
 * Throws `ERR_NOTICE_FACTS`, RangeError for a language that nothing is written in.
 */
export async function previews({
  facts,
  edition,
  affectedPlanned,
  locales: wanted = locales,
}: PreviewRequest): Promise<Preview[]> {
  checkFacts(facts);
  const skeleton = await htmlSkeleton();
  const messages = messagesByAudience(facts, affectedPlanned);
  const files = advisoryFiles({
    editions: [{ facts, edition, affectedPlanned }],
    baseUrl: facts.publicPage ?? "https://advisory.invalid/",
    newVersionPicture: null,
  });
  const fileOf = (path: string): string => files.find((file) => file.path === path)?.content ?? "";
  const style = `<style>${fileOf("style.css")}</style>`;
  return wanted.flatMap((locale): Preview[] => {
    const language = languageOf(locale);
    const mails = messages.map(([audience, channel, composition]): Preview => {
      const said = wordNotice(composition, language);
      return {
        audience,
        channel,
        locale,
        text: `${said.subject}\n\n${textPart(said)}`,
        html: htmlPart(said, skeleton),
      };
    });
    const push = pushPayload(facts, language);
    const page = fileOf(`${locale}/index.html`);
    return [
      ...mails,
      {
        audience: "everybody",
        channel: "advisory",
        locale,
        text: page,
        // What is closed on the page is open here, so that all of it can be read.
        html: page.replace(/<link rel="stylesheet"[^>]*>/, style).replaceAll("<details>", "<details open>"),
      },
      {
        audience: "everybody",
        channel: "push",
        locale,
        text: `${push.title}\n${push.body}\n${push.url ?? ""}`,
        html: card(push.title, push.body, [], locale, language.direction, style),
      },
      ...Object.entries(inAppMessages(facts, language).messages).map(
        ([directive, { title, text, button }]): Preview => ({
          audience: directive.replaceAll(":", "-"),
          channel: "in-app",
          locale,
          text: [title, text, ...(button === null ? [] : [`[${button.label}]`])].join("\n"),
          html: card(title, text, button === null ? [] : [button.label], locale, language.direction, style),
        }),
      ),
      {
        audience: "systems",
        channel: "webhook",
        locale,
        text: JSON.stringify(webhookEvent(facts, edition), null, 2),
        html: null,
      },
    ];
  });
}

function messagesByAudience(facts: NoticeFacts, affectedPlanned: number): [string, string, Composition][] {
  const nothing: Reader = { duties: [], asOf: facts.asOf };
  const duties = possibleDuties(facts);
  const mustAct = duties.map((duty, index): [string, string, Composition] => {
    const { measure, store } = duty;
    const name = `${facts.measures[measure]?.measure ?? ""}-${index + 1}${store === null ? "" : `-${store}`}`;
    return [
      `must-${name}`,
      "e-mail",
      composeGeneral(facts, affectedPlanned, { duties: [duty], asOf: facts.asOf }),
    ];
  });
  return [
    ["affected", "e-mail", composeAffected(facts)],
    ["everybody-else", "e-mail", composeGeneral(facts, affectedPlanned)],
    ["nothing-to-do", "e-mail", composeGeneral(facts, affectedPlanned, nothing)],
    ...mustAct,
    ["press", "text", composePress(facts, affectedPlanned)],
    ["support-desk", "script", composeSupportScript(facts, affectedPlanned)],
    ["authority", "form", composeAuthorityForm(facts, affectedPlanned)],
  ];
}

/** A plain picture of what a phone shows: each system draws it in its own way. */
function card(
  title: string,
  text: string,
  buttons: readonly string[],
  locale: string,
  direction: string,
  style: string,
): string {
  return [
    `<!doctype html><html lang="${locale}" dir="${direction}"><head><meta charset="utf-8">${style}</head><body><main>`,
    `<h1>${escapeMarkup(title)}</h1><p>${escapeMarkup(text)}</p>`,
    ...buttons.map((label) => `<p><button type="button">${escapeMarkup(label)}</button></p>`),
    "</main></body></html>",
  ].join("\n");
}
