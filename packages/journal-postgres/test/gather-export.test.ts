import { generateKeyPairSync } from "node:crypto";
import { buildExport, noteSigner, verifyExport, type ExportVerification } from "@cordon/transparency";
import { describe, expect, it } from "vitest";
import { gatherExport, JournalError, type GatheredExport } from "../src/index.ts";
import { fakeClock, open, random, temporaryHome } from "./temporary-home.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const signer = noteSigner("export.invalid/1", privateKey.export({ type: "pkcs8", format: "pem" }).toString());

function gather(home: string, incident: string, withLog = true): Promise<GatheredExport> {
  return gatherExport({ home, databaseUrl: null, randomBytes: random, incident, exportedAtMs: 0, withLog });
}

function exported(gathered: GatheredExport): ExportVerification {
  const archive = buildExport({ ...gathered, answers: [], notices: [], veris: null }, signer);
  return verifyExport(archive, { exportKey: signer.key, logKey: gathered.logKey });
}

describe("an export gathered from a home", () => {
  it("holds all entries of the incident, proven and opened, and the erasures that name them", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const events = Array.from({ length: 130 }, (_, n) => ({ type: "noted", data: { n, name: "Zoë" } }));
    await journal.append("incident/1", "any", events);
    await journal.append("incident/2", "any", events);
    await journal.append("incident/1", "any", events.slice(0, 3));
    await journal.erase(7, "on request");
    await journal.erase(200, "of the other incident");
    // A server that runs is used and left alone.
    expect(exported(await gather(home, "incident/1"))).toMatchObject({
      verified: true,
      logSize: 266,
      entries: 134,
      events: { checked: 133, erased: 1 },
      complete: true,
      failure: null,
    });
    await journal.close();
    const alone = await gather(home, "incident/2", false);
    expect(exported(alone)).toMatchObject({
      verified: true,
      entries: 131,
      events: { erased: 1 },
      complete: null,
    });
    const refused = gather(home, "incident/9");
    await expect(refused).rejects.toThrow(JournalError);
    await expect(refused).rejects.toThrow(/no entry of `incident\/9`/);
  });
});
