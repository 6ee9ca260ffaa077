import type { NoticePreviews } from "@cordon/contract";
import { languageOf, locales, previews } from "@cordon/notices";
import { ControlPlaneError } from "../errors.ts";
import { noticeFactsOf } from "../notices/notice-facts-of.ts";
import { wordsIn } from "../notices/notice-words.ts";
import type { Recipients } from "../notices/recipients.ts";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";

/** What each audience will see, in one language: before anybody approves it. Throws ERR_PLANE_NOT_FOUND. */
export async function previewNotice(
  plane: Plane,
  incidentId: string,
  noticeId: string,
  locale: string,
): Promise<NoticePreviews> {
  const notice = requireIncident(plane, incidentId).notices.find((one) => one.noticeId === noticeId);
  if (notice === undefined) {
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no notice \`${noticeId}\``);
  }
  if (!locales.includes(locale)) {
    throw new ControlPlaneError(
      "ERR_PLANE_NOT_FOUND",
      `no messages are written in \`${locale.slice(0, 40)}\``,
      {
        hint: `one of ${locales.join(", ")}`,
      },
    );
  }
  const recorded = notice.manifest?.manifest ?? {};
  // The journal gives back what `draftNotice` recorded.
  const recipients = recorded["recipients"] as Recipients | undefined;
  const made = await previews({
    facts: noticeFactsOf(notice.factSheet, wordsIn(recorded)),
    edition: notice.edition,
    affectedPlanned: recipients?.affected.length ?? 0,
    locales: [locale],
  });
  return { locale, name: languageOf(locale).name, locales: [...locales], previews: made };
}
