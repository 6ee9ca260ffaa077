import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withVault } from "@cordon/control-plane";
import { canonicalJson, type JsonObject } from "@cordon/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ending } from "./command-line.ts";

let folder = "";
const home = (): string => path.join(folder, "home");
const key = (): string => path.join(home(), "journal", "key");
const by = "ada";

const digest = (value: unknown): string =>
  `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;

const told: JsonObject = {
  accounts: { kind: "exactly", atLeast: 1, atMost: 1 },
  accountIds: ["acct-needle"],
  dataClasses: { accessed: ["user.contact.email"], notAccessed: ["user.payment"], unknown: [] },
  decoysTouched: [],
  firstAccess: "2014-05-21T00:00:00.000Z",
  evidence: { events: 3, digest: "sha256:11" },
};
const answer = { ...told, answerDigest: digest(told) };
const manifest: JsonObject = { recipients: { affected: [7] }, messages: "sha256:22" };

function events(incidentId: string): { type: string; data: JsonObject }[] {
  const of = (type: string, data: JsonObject) => ({ type, data: { by, ...data } });
  const { answerDigest } = answer;
  const window = { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" };
  return [
    of("incident-opened", { incidentId, title: "somebody got in" }),
    of("answer-recorded", {
      ...{ answerDigest, questionDigest: "sha256:33", evidenceDigest: "sha256:11", folder: "f", window },
      ...{ decoys: [], answer, accountIds: ["acct-needle"] },
    }),
    of("claim-made", {
      ...{ claimId: "c", answerDigest, questionDigest: "sha256:33", window },
      ...{ accounts: { kind: "exactly", atLeast: 1, atMost: 1 }, dataClasses: told["dataClasses"] ?? {} },
    }),
    of("notice-manifest", {
      ...{ noticeId: "n", manifestDigest: digest(manifest), manifest, unreachable: 0, salt: "" },
    }),
  ];
}

const append = (incidentId: string, more: { type: string; data: JsonObject }[]) =>
  withVault(
    { home: home(), databaseUrl: null, clock: Date.now, randomBytes: (count) => randomBytes(count) },
    ({ journal }) => journal.append(`incident/${incidentId}`, "any", more),
  );

const command = (...args: string[]) => ending("incident", ...args);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "cordon-incident-"));
  await append("inc-1", events("inc-1"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("cordon incident export", () => {
  it("writes a signed archive that `verify-export` checks offline, with every answer and notice opened", async () => {
    const out = path.join(folder, "one.tar");
    expect(await command("export", "inc-1", "--out", out, "--home", home())).toMatchObject({ code: 0 });
    const { code, stdout } = await command("verify-export", out, "--key", key(), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      incident: "incident/inc-1",
      entries: 4,
      answers: 1,
      notices: 1,
      complete: true,
      failure: null,
    });
    const archive = readFileSync(out, "utf8");
    expect(archive).toContain("acct-needle");
    expect(archive).toContain('"schema_version":"1.4.1"');
    expect(archive).toContain('"security_incident":"Confirmed"');
  });

  it("any changed byte is the answer no, another key too, and a file is never overwritten", async () => {
    const out = path.join(folder, "one.tar");
    const bytes = readFileSync(out);
    const changed = path.join(folder, "changed.tar");
    for (const at of [0, 600, 1100, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      writeFileSync(changed, copy);
      const { code, line } = await command("verify-export", changed, "--key", key());
      expect(code, `byte ${at}`).toBe(1);
      expect(line).toMatch(/^not verified: /);
    }
    expect((await command("export", "inc-1", "--out", out, "--home", home())).code).toBe(2);
    expect(readFileSync(out)).toEqual(bytes);
  });

  it("an incident that is not there is wrong input, and nothing is written", async () => {
    const out = path.join(folder, "none.tar");
    const { code, line } = await command("export", "inc-9", "--out", out, "--home", home());
    expect(code).toBe(2);
    expect(line).toBe("there is no incident `inc-9`");
    expect(existsSync(out)).toBe(false);
  });
});
