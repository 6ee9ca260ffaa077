import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importDirectory, openDirectory, type Directory } from "@cordon/lake";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contactsOf, everybodyElse, settleRecipients, type Recipients } from "../src/notices/recipients.ts";

let folder: string;
let directory: Directory;

async function take(accounts: readonly string[], asOf: string): Promise<void> {
  const rows = accounts.map((id) => `${id},2013-01-01T00:00:00Z,SE,en,${id}@example.net`);
  const file = join(folder, "accounts.csv");
  await writeFile(file, ["account_id,created_at,market,locale,email", ...rows, ""].join("\n"));
  await importDirectory({
    lakeFolder: join(folder, "lake"),
    accountsFile: file,
    installationsFile: null,
    asOfMs: Date.parse(asOf),
  });
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `u-${i}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-recipients-"));
  directory = await openDirectory({ lakeFolder: join(folder, "lake") });
  await take(names(10), "2014-05-20T00:00:00Z");
  // u-9 has left before the notice.
  await take(names(9), "2014-05-21T00:00:00Z");
});
afterAll(async () => {
  directory.close();
  await rm(folder, { recursive: true, force: true });
});

async function everybody(recipients: Recipients): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of everybodyElse(directory, recipients)) {
    for (const { accountId } of (await contactsOf(directory, batch)).values()) ids.push(accountId);
  }
  return ids;
}

test("everybody else is everybody who is there, without decoys and without those who had left", async () => {
  const recipients = await settleRecipients(directory, ["u-1", "u-9", "nobody"], ["u-5"]);
  expect((await contactsOf(directory, recipients.affected)).size).toBe(2);
  expect(recipients.unreachable).toBe(1);
  expect(await everybody(recipients)).toEqual(["u-0", "u-1", "u-2", "u-3", "u-4", "u-6", "u-7", "u-8"]);
});

test("and means the same people after a later import: who came since is not in it, who left since still is", async () => {
  const recipients = await settleRecipients(directory, [], []);
  const before = await everybody(recipients);
  await take(["new-1", ...names(7), "new-2"], "2014-05-22T00:00:00Z");
  expect(await everybody(recipients)).toEqual(before);
  expect(before).toContain("u-8");
});

test("contacts are found whether the people stand side by side or far apart", async () => {
  const all = await contactsOf(directory, [0, 1, 2, 3]);
  expect([...all.keys()]).toEqual([0, 1, 2, 3]);
  const apart = await contactsOf(directory, [0, 10]);
  expect([...apart.keys()]).toEqual([0, 10]);
  expect((await contactsOf(directory, [])).size).toBe(0);
  expect((await contactsOf(directory, [99])).size).toBe(0);
});
