import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { advisoryFiles, withdrawnFiles, type AdvisoryFile } from "@cordon/notices";
import { stopReason, type Incident, type NoticeState } from "@cordon/response";
import { noticeFactsOf } from "./notice-facts-of.ts";
import { fallenJudgement, wordsIn } from "./notice-words.ts";
import type { Recipients } from "./recipients.ts";

/** Where the public page of a notice without `publicPage` says that it is: a name that nobody has (RFC 2606). */
const noPage = "https://advisory.invalid/";

/**
 * HOME/advisory: a folder of static files for each incident that people were told of. What stands there is what was approved
 * and still holds; when a claim falls, its page says so instead.
 */
export class AdvisoryFolder {
  readonly folder: string;
  /** What each incident's folder was written for. */
  readonly #written = new Map<string, string>();

  constructor(home: string) {
    this.folder = join(home, "advisory");
  }

  async bringUpToDate(incidents: readonly Incident[]): Promise<void> {
    for (const incident of incidents) {
      const published = incident.notices.filter(({ phase }) => phase !== "drafted");
      const latest = published.at(-1);
      if (latest === undefined) continue;
      const holds =
        latest.phase !== "stopped" &&
        stopReason(incident, latest) === null &&
        fallenJudgement(incident, wordsIn(latest.manifest?.manifest ?? {})) === null;
      const key = `${latest.noticeId} ${holds ? "holds" : "fell"}`;
      if (this.#written.get(incident.incidentId) === key) continue;
      await this.#write(incident.incidentId, filesOf(latest, published, holds));
      this.#written.set(incident.incidentId, key);
    }
  }

  /** Readers see the old files or the new ones, hardly ever none. */
  async #write(incidentId: string, files: readonly AdvisoryFile[]): Promise<void> {
    const folder = join(this.folder, incidentId);
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    for (const { path, content } of files) {
      const file = join(draft, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  }
}

function filesOf(latest: NoticeState, published: readonly NoticeState[], holds: boolean): AdvisoryFile[] {
  const { publicPage } = latest.factSheet.sender;
  const baseUrl = publicPage === null ? noPage : publicPage.endsWith("/") ? publicPage : `${publicPage}/`;
  if (!holds) {
    const facts = noticeFactsOf(latest.factSheet, wordsIn(latest.manifest?.manifest ?? {}));
    return withdrawnFiles(facts, baseUrl);
  }
  const editions = published
    .filter(({ phase }) => phase === "approved" || phase === "sent")
    .map(({ factSheet, edition, manifest }) => {
      const recorded = manifest?.manifest ?? {};
      // The journal gives back what `draftNotice` recorded.
      const recipients = recorded["recipients"] as Recipients | undefined;
      return {
        facts: noticeFactsOf(factSheet, wordsIn(recorded)),
        edition,
        affectedPlanned: recipients?.affected.length ?? 0,
      };
    });
  return advisoryFiles({ editions, baseUrl, newVersionPicture: null });
}
