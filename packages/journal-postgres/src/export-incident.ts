import path from "node:path";
import { buildExport, sameBytes, type ExportContent } from "@cordon/transparency";
import { JournalError } from "./errors.ts";
import { gatherExport, type GatherOptions } from "./gather-export.ts";
import { readSigner } from "./log/journal-key.ts";
import { LogFolder } from "./log/log-folder.ts";

export interface ExportOptions extends GatherOptions, Pick<ExportContent, "answers" | "notices" | "veris"> {
  /** The newest checkpoint with cosignatures of witnesses; null when there is none. */
  readonly witnessed: Uint8Array | null;
}

/**
 * The signed archive of an incident, signed by the journal's own key: whoever has its verifier key can check all of it. Throws
 * what `gatherExport` and `buildExport` throw.
 */
export async function exportIncident(options: ExportOptions): Promise<Uint8Array> {
  const { home, answers, notices, veris, witnessed } = options;
  const signer = await readSigner(
    path.resolve(home),
    new LogFolder(path.join(path.resolve(home), "journal")),
  );
  if (signer === null) throw new JournalError("ERR_JOURNAL_ABSENT", `\`${home}\` holds no journal`);
  const gathered = await gatherExport(options);
  const { checkpoint } = gathered;
  // Cosignatures are lines behind the very checkpoint that all proofs lead to.
  const isOfThis = witnessed !== null && sameBytes(witnessed.subarray(0, checkpoint.length), checkpoint);
  const content = { ...gathered, checkpoint: isOfThis ? witnessed : checkpoint, answers, notices, veris };
  return buildExport(content, signer);
}
