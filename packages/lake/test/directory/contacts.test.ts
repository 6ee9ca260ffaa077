import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importDirectory, openDirectory } from "@cordon/lake";
import type { Contact, Directory } from "@cordon/lake";
import { jsonl } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const asOfMs = Date.parse("2014-05-27T12:00:00Z");

async function importAccounts(
  folder: string,
  accountIds: readonly string[],
  dayCount: number,
): Promise<void> {
  const accountsFile = join(folder, "accounts.jsonl");
  const records = accountIds.map((id) => ({
    account_id: id,
    created_at: null,
    market: null,
    locale: id === "b" ? null : "sv-SE",
    email: id === "b" ? "" : `${id}@example.com`,
  }));
  await writeFile(accountsFile, jsonl(records));
  await importDirectory({
    lakeFolder: join(folder, "lake"),
    accountsFile,
    installationsFile: null,
    asOfMs: asOfMs + dayCount * 86_400_000,
  });
}

async function all(
  directory: Directory,
  limit: number,
  except: readonly string[] = [],
): Promise<readonly Contact[]> {
  const contacts: Contact[] = [];
  for (let afterOrdinal: number | null = null; ;) {
    const page = await directory.contacts({ afterOrdinal, limit, except });
    contacts.push(...page);
    if (page.length < limit) return contacts;
    afterOrdinal = page.at(-1)?.ordinal ?? null;
  }
}

test("contacts come ordered by ordinal, each once, decoys left out, whatever the page", async () => {
  const folder = await temporaryFolder();
  const accountIds = Array.from({ length: 50 }, (_, index) => `u-${(index * 17) % 50}`);
  await importAccounts(folder, accountIds, 0);
  const directory = await openDirectory({ lakeFolder: join(folder, "lake") });
  try {
    const people = accountIds.filter((id) => id !== "u-17" && id !== "u-33");
    for (const limit of [1, 7, 48, 1000]) {
      const contacts = await all(directory, limit, ["u-17", "u-33", "nobody"]);
      expect(contacts.map(({ accountId }) => accountId)).toEqual(people);
      expect(contacts.map(({ ordinal }) => ordinal)).toEqual(people.map((id) => accountIds.indexOf(id)));
    }
  } finally {
    directory.close();
  }
});

test("a contact has its address, its locale, its market and whether it has left; an empty address is none", async () => {
  const folder = await temporaryFolder();
  await importAccounts(folder, ["a", "b", "007"], 0);
  await importAccounts(folder, ["b"], 1);
  const directory = await openDirectory({ lakeFolder: join(folder, "lake") });
  try {
    const leftAtMs = asOfMs + 86_400_000;
    expect(await directory.contact("a")).toEqual({
      accountId: "a",
      ordinal: 0,
      email: "a@example.com",
      locale: "sv-SE",
      market: null,
      leftAtMs,
    });
    expect(await directory.contact("b")).toEqual({
      accountId: "b",
      ordinal: 1,
      email: null,
      locale: null,
      market: null,
      leftAtMs: null,
    });
    expect(await directory.contact("7")).toBeNull();
    expect(await directory.contact("a' OR true --")).toBeNull();
  } finally {
    directory.close();
  }
});

test("an open directory sees each import from the next call on, also while it streams the version before", async () => {
  const folder = await temporaryFolder();
  const directory = await openDirectory({ lakeFolder: join(folder, "lake") });
  try {
    await expect(directory.state()).rejects.toMatchObject({ code: "ERR_LAKE_NO_DIRECTORY" });
    await expect(directory.contact("a")).rejects.toMatchObject({ code: "ERR_LAKE_NO_DIRECTORY" });
    const accountIds = Array.from({ length: 9000 }, (_, index) => `u-${index}`);
    await importAccounts(folder, accountIds, 0);
    const streamed: string[] = [];
    for await (const batch of directory.accountsAndOrdinals()) {
      if (streamed.length === 0) await importAccounts(folder, [...accountIds, "new"], 1);
      streamed.push(...batch.accountIds);
    }
    expect(streamed).toEqual(accountIds);
    expect((await directory.contact("new"))?.ordinal).toBe(9000);
    expect(await directory.state()).toMatchObject({ accounts: 9001, left: 0 });
  } finally {
    directory.close();
  }
});
