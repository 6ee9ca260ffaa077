import type { NoteSigner, VerifierKey } from "@cordon/transparency";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import { asWriter, readHead } from "./head.ts";
import { joinSigner, makeSigner, readSigner } from "./journal-key.ts";
import type { LogFolder } from "./log-folder.ts";
import { begunType, journalStream, prepareAppend, type Operation } from "./operation.ts";
import { checkpointFile } from "./publish.ts";

/**
 * The signer of HOME's log. Where neither database nor folder hold one, makes the key and notes it in the database, so
 * that the two belong together from then on. Throws ERR_JOURNAL_TAMPERED where only one of them knows a log.
 */
export async function beginLog(given: {
  readonly home: string;
  readonly pool: pg.Pool;
  readonly log: LogFolder;
  readonly randomBytes: (count: number) => Uint8Array;
}): Promise<NoteSigner> {
  const { home, pool, log, randomBytes } = given;
  const client = await pool.connect();
  try {
    return await asWriter(client, async () => {
      const head = await readHead(client, null);
      if (head !== null) {
        const signer = (await joinSigner(home, log, head.vkey)) ?? (await readSigner(home, log));
        if (signer?.key.line === head.vkey) return signer;
        throw new JournalError("ERR_JOURNAL_TAMPERED", "the database holds the log of another home or key", {
          hint: "give this home a database of its own, or HOME/keys of the servers that it is to join",
        });
      }
      if ((await log.read(checkpointFile)) !== null) {
        throw new JournalError(
          "ERR_JOURNAL_TAMPERED",
          `\`${log.folder}\` holds a log whose events the database lacks`,
          {
            hint: "use the database that belongs to it",
          },
        );
      }
      // A key without log and head was left by a crash in the middle of the next lines.
      const signer = await makeSigner(home, log, randomBytes);
      await client.query("insert into journal.head (vkey, size, at_ms, published) values ($1, 0, 0, 0)", [
        signer.key.line,
      ]);
      return signer;
    });
  } finally {
    client.release();
  }
}

/** Entry 0 of a log: which key signs it. */
export function prepareBeginning(key: VerifierKey, randomBytes: (count: number) => Uint8Array): Operation {
  const event = { type: begunType, data: { origin: key.name, key: key.line } };
  return prepareAppend(journalStream, 0, [event], randomBytes);
}
