import { afterEach, beforeEach, expect, test } from "vitest";

import { drillPasswordCost, openDatabase, seedAccounts } from "../src/index.ts";
import { account, RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start({ accounts: Array.from({ length: 1500 }, (_, n) => `u-${n}`) });
});
afterEach(async () => {
  await running.stop();
});

async function exported(name: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${running.overture.url}/admin/directory/${name}.jsonl`, {
    headers: { authorization: `Bearer ${running.home.adminToken}` },
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("the accounts of this moment, in the directory's columns, the newest included", async () => {
  const database = openDatabase(running.home.databaseFile);
  seedAccounts(database, [account("newest")], drillPasswordCost);
  database.close();
  const accounts = await exported("accounts");
  expect(accounts).toHaveLength(1501);
  expect(accounts.find(({ account_id: id }) => id === "newest")).toEqual({
    account_id: "newest",
    created_at: "2014-01-01T00:00:00.000Z",
    market: "SE",
    locale: "sv",
    email: "newest@example.org",
    password_set_at: "2014-01-01T00:00:00.000Z",
  });
});

test("the installations with the build that each last proved to run", async () => {
  await running.signedIn("u-7", {}, running.build("amazon-appstore", "1.1.0"));
  const installations = await exported("installations");
  expect(installations).toHaveLength(1500);
  const seen = installations.find(({ account_id: id }) => id === "u-7");
  expect(seen).toMatchObject({
    platform: "android",
    store: "amazon-appstore",
    version: "1.1.0",
    has_offline: false,
  });
  expect(Date.parse(String(seen?.["last_seen"]))).toBeGreaterThan(Date.parse("2020-01-01"));
});

test("nobody reads it without the admin token", async () => {
  const { access_token: token } = await running.signedIn("u-1");
  for (const authorization of ["", "Bearer guess", `Bearer ${token}`]) {
    const response = await fetch(`${running.overture.url}/admin/directory/accounts.jsonl`, {
      headers: { authorization },
    });
    expect([response.status, await response.text()]).toEqual([401, ""]);
  }
});
